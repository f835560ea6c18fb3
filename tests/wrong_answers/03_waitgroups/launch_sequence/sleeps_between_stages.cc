// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: wrong

// A pause between the stages is not a wait for their end.

#include "absl/time/time.h"
#include "exercises/03_waitgroups/launch_sequence/exercise.h"
#include "runtime/runtime.h"

void Launch(const std::vector<Stage>& stages) {
  rt::WaitGroup wg;
  for (const Stage& stage : stages) {
    for (const Step& step : stage) wg.Go(step);
    rt::Sleep(absl::Milliseconds(1));
  }
  wg.Wait();
}
