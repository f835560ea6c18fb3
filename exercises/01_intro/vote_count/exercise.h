// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Given: do not edit. Your work goes into exercise.cc.

#ifndef EXERCISES_01_INTRO_VOTE_COUNT_EXERCISE_H_
#define EXERCISES_01_INTRO_VOTE_COUNT_EXERCISE_H_

#include <functional>
#include <vector>

namespace vote_count {

// Counts one ballot box by hand: takes a while, then returns its votes.
using BallotBox = std::function<int()>;

// Counts all boxes at the same time, each exactly once, and returns the votes
// of all of them together. There may be any number of boxes, also none.
int CountVotes(const std::vector<BallotBox>& boxes);

}  // namespace vote_count

#endif  // EXERCISES_01_INTRO_VOTE_COUNT_EXERCISE_H_
