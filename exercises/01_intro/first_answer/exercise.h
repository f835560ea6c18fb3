// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// First answer: leave nobody waiting. Given; edit exercise.cc.

#ifndef EXERCISES_01_INTRO_FIRST_ANSWER_EXERCISE_H_
#define EXERCISES_01_INTRO_FIRST_ANSWER_EXERCISE_H_

#include <functional>
#include <vector>

// Asks one server: takes a while, then returns the server's answer.
using Server = std::function<int()>;

// Asks all servers at the same time, each exactly once, and returns the first
// answer as soon as it is there. The slower servers answer when they like:
// their goroutines end soon after, and none of them stays behind for ever.
// There is at least one server. `servers` may be gone once this function has
// returned.
int FirstAnswer(const std::vector<Server>& servers);

#endif  // EXERCISES_01_INTRO_FIRST_ANSWER_EXERCISE_H_
