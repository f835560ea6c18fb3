// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Three at a time: a limit without a pause. Given; edit exercise.cc.

#ifndef EXERCISES_03_WAITGROUPS_THREE_AT_A_TIME_EXERCISE_H_
#define EXERCISES_03_WAITGROUPS_THREE_AT_A_TIME_EXERCISE_H_

#include <functional>
#include <vector>

using Download = std::function<void()>;

// Calls every download once, at most `limit` of them at the same time and never
// fewer than possible; returns when all of them have returned. limit >= 1.
void DownloadAll(const std::vector<Download>& downloads, int limit);

#endif  // EXERCISES_03_WAITGROUPS_THREE_AT_A_TIME_EXERCISE_H_
