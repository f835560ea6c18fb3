// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: wrong

// Waits for each stage, but in a goroutine of the stage's own, so that the
// loop starts all stages at once.

#include "exercises/03_waitgroups/launch_sequence/exercise.h"
#include "runtime/runtime.h"

void Launch(const std::vector<Stage>& stages) {
  rt::WaitGroup all;
  for (const Stage& stage : stages) {
    all.Go([&stage] {
      rt::WaitGroup wg;
      for (const Step& step : stage) wg.Go(step);
      wg.Wait();
    });
  }
  all.Wait();
}
