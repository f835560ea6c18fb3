// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: serial
//
// No two goroutines ever run at the same time, so there is no race, and no
// gain.

#include "exercises/01_intro/vote_count/exercise.h"
#include "runtime/runtime.h"

int CountVotes(const std::vector<BallotBox>& boxes) {
  int total = 0;
  for (const BallotBox& count : boxes) {
    rt::WaitGroup wg;
    wg.Go([&] { total += count(); });
    wg.Wait();
  }
  return total;
}
