// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// All goroutines start at once; each waits for the group of the stage above.

#include <deque>

#include "exercises/03_waitgroups/launch_sequence/exercise.h"
#include "runtime/runtime.h"

void Launch(const std::vector<Stage>& stages) {
  std::deque<rt::WaitGroup> groups(stages.size());
  for (size_t i = 0; i < stages.size(); ++i) {
    groups[i].Add(static_cast<int>(stages[i].size()));
  }
  for (size_t i = 0; i < stages.size(); ++i) {
    for (const Step& step : stages[i]) {
      rt::Go([&groups, &step, i] {
        for (size_t before = 0; before < i; ++before) groups[before].Wait();
        step();
        groups[i].Done();
      });
    }
  }
  for (rt::WaitGroup& group : groups) group.Wait();
}
