// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A shared total behind a lock that is held for the addition only.

#include <mutex>

#include "exercises/01_intro/vote_count/exercise.h"
#include "runtime/runtime.h"

int CountVotes(const std::vector<BallotBox>& boxes) {
  int total = 0;
  rt::Mutex mu;
  rt::WaitGroup wg;
  for (const BallotBox& count : boxes) {
    wg.Go([&] {
      const int votes = count();
      std::scoped_lock lock(mu);
      total += votes;
    });
  }
  wg.Wait();
  return total;
}
