// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: deadlock

// The last step of a stage announces its end; an empty stage has no last step.

#include <atomic>

#include "exercises/03_waitgroups/launch_sequence/exercise.h"
#include "runtime/runtime.h"

void Launch(const std::vector<Stage>& stages) {
  for (const Stage& stage : stages) {
    std::atomic<int> left = static_cast<int>(stage.size());
    auto over = rt::MakeChan<int>();
    for (const Step& step : stage) {
      rt::Go([&step, &left, over] {
        step();
        if (--left == 0) over.Close();
      });
    }
    over.Recv();
  }
}
