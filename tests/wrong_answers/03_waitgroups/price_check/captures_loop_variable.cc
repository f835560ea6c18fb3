// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: race

// `i` by reference: the goroutine reads it while the loop counts on.

#include "exercises/03_waitgroups/price_check/exercise.h"
#include "runtime/runtime.h"

std::vector<int> AskAll(const std::vector<Shop>& shops) {
  std::vector<int> prices(shops.size());
  rt::WaitGroup wg;
  size_t i = 0;
  for (const Shop& shop : shops) {
    wg.Go([&] { prices[i] = shop(); });
    ++i;
  }
  wg.Wait();
  return prices;
}
