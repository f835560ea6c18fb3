// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A report per step on a channel.

#include "exercises/03_waitgroups/launch_sequence/exercise.h"
#include "runtime/runtime.h"

void Launch(const std::vector<Stage>& stages) {
  auto ended = rt::MakeChan<int>();
  for (const Stage& stage : stages) {
    for (const Step& step : stage) {
      rt::Go([&step, ended] {
        step();
        ended.Send(0);
      });
    }
    for (size_t i = 0; i < stage.size(); ++i) ended.Recv();
  }
}
