// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A map under a lock keeps the order by itself.

#include <map>

#include "exercises/03_waitgroups/price_check/exercise.h"
#include "runtime/runtime.h"

std::vector<int> AskAll(const std::vector<Shop>& shops) {
  rt::Mutex mu;
  std::map<size_t, int> by_shop;
  rt::WaitGroup wg;
  for (size_t i = 0; i < shops.size(); ++i) {
    wg.Go([&, i] {
      const int price = shops[i]();
      mu.Lock();
      by_shop[i] = price;
      mu.Unlock();
    });
  }
  wg.Wait();
  std::vector<int> prices;
  for (const auto& [shop, price] : by_shop) prices.push_back(price);
  return prices;
}
