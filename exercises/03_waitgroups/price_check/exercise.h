// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Price check: a result from every goroutine. Given; edit exercise.cc.

#ifndef EXERCISES_03_WAITGROUPS_PRICE_CHECK_EXERCISE_H_
#define EXERCISES_03_WAITGROUPS_PRICE_CHECK_EXERCISE_H_

#include <functional>
#include <vector>

// Asks one shop for its price, in cents. Takes a while.
using Shop = std::function<int()>;

// Asks all shops at the same time, each once, and returns their prices in the
// order of `shops`.
std::vector<int> AskAll(const std::vector<Shop>& shops);

#endif  // EXERCISES_03_WAITGROUPS_PRICE_CHECK_EXERCISE_H_
