// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Vote count: one total, many counters. Given; edit exercise.cc.

#ifndef EXERCISES_01_INTRO_VOTE_COUNT_EXERCISE_H_
#define EXERCISES_01_INTRO_VOTE_COUNT_EXERCISE_H_

#include <functional>
#include <vector>

// Counts one ballot box by hand: takes a while, then returns its votes.
using BallotBox = std::function<int()>;

// Counts all boxes at the same time, each exactly once, and returns the votes
// of all of them together. There may be any number of boxes, also none.
int CountVotes(const std::vector<BallotBox>& boxes);

#endif  // EXERCISES_01_INTRO_VOTE_COUNT_EXERCISE_H_
