// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: deadlock

// Takes for granted that every stage has a step.

#include "exercises/03_waitgroups/launch_sequence/exercise.h"
#include "runtime/runtime.h"

void Launch(const std::vector<Stage>& stages) {
  for (const Stage& stage : stages) {
    auto last = rt::MakeChan<int>();
    rt::WaitGroup wg;
    for (const Step& step : stage) {
      wg.Add(1);
      rt::Go([&wg, &step, &stage, last] {
        step();
        const bool is_last = &step == &stage.back();
        wg.Done();
        if (is_last) last.Send(0);
      });
    }
    last.Recv();
    wg.Wait();
  }
}
