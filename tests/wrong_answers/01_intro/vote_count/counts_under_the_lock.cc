// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: serial
//
// Correct, but only one counter works at a time: the lock is held while the
// votes are counted.

#include "exercises/01_intro/vote_count/exercise.h"
#include "runtime/runtime.h"

int CountVotes(const std::vector<BallotBox>& boxes) {
  int total = 0;
  rt::Mutex mu;
  rt::WaitGroup wg;
  for (const BallotBox& count : boxes) {
    wg.Go([&] {
      mu.Lock();
      total += count();
      mu.Unlock();
    });
  }
  wg.Wait();
  return total;
}
