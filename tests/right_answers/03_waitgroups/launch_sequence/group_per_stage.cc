// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A fresh group for each stage, and the caller does a step itself.

#include "exercises/03_waitgroups/launch_sequence/exercise.h"
#include "runtime/runtime.h"

void Launch(const std::vector<Stage>& stages) {
  for (const Stage& stage : stages) {
    if (stage.empty()) continue;
    rt::WaitGroup wg;
    for (size_t i = 1; i < stage.size(); ++i) wg.Go(stage[i]);
    stage[0]();
    wg.Wait();
  }
}
