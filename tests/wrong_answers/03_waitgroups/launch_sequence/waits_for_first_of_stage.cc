// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: wrong

// One step of the stage is waited for, the others are only counted in the end.

#include "exercises/03_waitgroups/launch_sequence/exercise.h"
#include "runtime/runtime.h"

void Launch(const std::vector<Stage>& stages) {
  rt::WaitGroup others;
  for (const Stage& stage : stages) {
    rt::WaitGroup first;
    for (size_t i = 0; i < stage.size(); ++i) {
      (i == 0 ? first : others).Go(stage[i]);
    }
    first.Wait();
  }
  others.Wait();
}
