// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Launch sequence: order by stages. Given; edit exercise.cc.

#ifndef EXERCISES_03_WAITGROUPS_LAUNCH_SEQUENCE_EXERCISE_H_
#define EXERCISES_03_WAITGROUPS_LAUNCH_SEQUENCE_EXERCISE_H_

#include <functional>
#include <vector>

using Step = std::function<void()>;
using Stage = std::vector<Step>;

// Runs every step once. The steps of a stage run at the same time; a stage
// begins when all steps of the one before it have ended. Returns when the last
// stage is over.
void Launch(const std::vector<Stage>& stages);

#endif  // EXERCISES_03_WAITGROUPS_LAUNCH_SEQUENCE_EXERCISE_H_
