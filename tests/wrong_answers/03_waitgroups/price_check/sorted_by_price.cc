// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: wrong

// Sorting makes the result the same every time. It is not the shops' order.

#include <algorithm>

#include "exercises/03_waitgroups/price_check/exercise.h"
#include "runtime/runtime.h"

std::vector<int> AskAll(const std::vector<Shop>& shops) {
  auto answers = rt::MakeChan<int>();
  for (const Shop& shop : shops) {
    rt::Go([&shop, answers] { answers.Send(shop()); });
  }
  std::vector<int> prices;
  for (size_t i = 0; i < shops.size(); ++i) {
    prices.push_back(answers.Recv().value());
  }
  std::sort(prices.begin(), prices.end());
  return prices;
}
