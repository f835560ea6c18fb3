// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: memory

// Waits for the stage before, at the head of the loop: nobody waits for the
// last one.

#include <memory>

#include "exercises/03_waitgroups/launch_sequence/exercise.h"
#include "runtime/runtime.h"

void Launch(const std::vector<Stage>& stages) {
  auto wg = std::make_shared<rt::WaitGroup>();
  for (const Stage& stage : stages) {
    wg->Wait();
    for (const Step& step : stage) {
      wg->Add(1);
      rt::Go([wg, step] {
        step();
        wg->Done();
      });
    }
  }
}
