// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// One atomic addition for each box. Relaxed is enough: Wait orders the rest.

#include <atomic>

#include "exercises/01_intro/vote_count/exercise.h"
#include "runtime/runtime.h"

int CountVotes(const std::vector<BallotBox>& boxes) {
  std::atomic<int> total = 0;
  rt::WaitGroup wg;
  for (const BallotBox& count : boxes) {
    wg.Go([&] { total.fetch_add(count(), std::memory_order_relaxed); });
  }
  wg.Wait();
  return total.load(std::memory_order_relaxed);
}
