// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: race

// Copies the prices first and waits afterwards: the copy misses those that come
// later, and races with the one that comes just then.

#include "exercises/03_waitgroups/price_check/exercise.h"
#include "runtime/runtime.h"

std::vector<int> AskAll(const std::vector<Shop>& shops) {
  std::vector<int> prices(shops.size());
  rt::WaitGroup wg;
  for (size_t i = 0; i < shops.size(); ++i) {
    wg.Go([&prices, &shops, i] { prices[i] = shops[i](); });
  }
  std::vector<int> result = prices;
  wg.Wait();
  return result;
}
