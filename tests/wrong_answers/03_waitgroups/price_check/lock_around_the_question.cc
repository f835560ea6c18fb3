// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: serial

// In order and without a race, because the lock is held while a shop thinks.

#include "exercises/03_waitgroups/price_check/exercise.h"
#include "runtime/runtime.h"

std::vector<int> AskAll(const std::vector<Shop>& shops) {
  rt::Mutex mu;
  std::vector<int> prices(shops.size());
  rt::WaitGroup wg;
  for (size_t i = 0; i < shops.size(); ++i) {
    wg.Go([&, i] {
      mu.Lock();
      prices[i] = shops[i]();
      mu.Unlock();
    });
  }
  wg.Wait();
  return prices;
}
