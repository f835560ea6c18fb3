// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Breakfast: wait for what you started. Given; edit exercise.cc.

#ifndef EXERCISES_01_INTRO_BREAKFAST_EXERCISE_H_
#define EXERCISES_01_INTRO_BREAKFAST_EXERCISE_H_

#include <functional>

// A job in the kitchen. Calling it takes a while; it returns when it is done.
using Job = std::function<void()>;

// Does both jobs at the same time, each exactly once. Returns when both are
// done.
void MakeBreakfast(const Job& make_coffee, const Job& make_toast);

#endif  // EXERCISES_01_INTRO_BREAKFAST_EXERCISE_H_
