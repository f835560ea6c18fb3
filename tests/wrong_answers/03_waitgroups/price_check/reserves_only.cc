// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: race

// reserve keeps the elements where they are, but push_back still writes the
// vector's one end pointer from every goroutine.

#include "exercises/03_waitgroups/price_check/exercise.h"
#include "runtime/runtime.h"

std::vector<int> AskAll(const std::vector<Shop>& shops) {
  std::vector<int> prices;
  prices.reserve(shops.size());
  rt::WaitGroup wg;
  for (const Shop& shop : shops) {
    wg.Go([&] { prices.push_back(shop()); });
  }
  wg.Wait();
  return prices;
}
