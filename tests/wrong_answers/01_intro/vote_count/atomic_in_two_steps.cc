// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: wrong
//
// The variable is atomic, the addition is not: it loads and stores.

#include <atomic>

#include "exercises/01_intro/vote_count/exercise.h"
#include "runtime/runtime.h"

int CountVotes(const std::vector<BallotBox>& boxes) {
  std::atomic<int> total = 0;
  rt::WaitGroup wg;
  for (const BallotBox& count : boxes) {
    wg.Go([&] {
      const int votes = count();
      total = total + votes;
    });
  }
  wg.Wait();
  return total;
}
