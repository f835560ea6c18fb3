// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// One channel with room for one answer per shop: a small std::future.

#include "exercises/03_waitgroups/price_check/exercise.h"
#include "runtime/runtime.h"

std::vector<int> AskAll(const std::vector<Shop>& shops) {
  std::vector<rt::Chan<int>> answers;
  for (const Shop& shop : shops) {
    auto answer = rt::MakeChan<int>(1);
    answers.push_back(answer);
    rt::Go([&shop, answer] { answer.Send(shop()); });
  }
  std::vector<int> prices;
  for (auto& answer : answers) prices.push_back(answer.Recv().value());
  return prices;
}
