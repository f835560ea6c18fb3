// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: wrong
//
// Every access is locked, so there is no data race; but between reading the
// total and writing it back, another counter's votes are lost.

#include "exercises/01_intro/vote_count/exercise.h"
#include "runtime/runtime.h"

int CountVotes(const std::vector<BallotBox>& boxes) {
  int total = 0;
  rt::Mutex mu;
  rt::WaitGroup wg;
  for (const BallotBox& count : boxes) {
    wg.Go([&] {
      const int votes = count();
      mu.Lock();
      const int before = total;
      mu.Unlock();
      mu.Lock();
      total = before + votes;
      mu.Unlock();
    });
  }
  wg.Wait();
  return total;
}
