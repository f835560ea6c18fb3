// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: wrong

// No race any more, and still in the order of the answers.

#include "exercises/03_waitgroups/price_check/exercise.h"
#include "runtime/runtime.h"

std::vector<int> AskAll(const std::vector<Shop>& shops) {
  rt::Mutex mu;
  std::vector<int> prices;
  rt::WaitGroup wg;
  for (const Shop& shop : shops) {
    wg.Go([&] {
      const int price = shop();
      mu.Lock();
      prices.push_back(price);
      mu.Unlock();
    });
  }
  wg.Wait();
  return prices;
}
