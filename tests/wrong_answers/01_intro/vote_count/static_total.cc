// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: wrong
//
// A total that outlives the count: the second election starts where the first
// ended.

#include <atomic>

#include "exercises/01_intro/vote_count/exercise.h"
#include "runtime/runtime.h"

namespace {

std::atomic<int> total = 0;

}  // namespace

int CountVotes(const std::vector<BallotBox>& boxes) {
  rt::WaitGroup wg;
  for (const BallotBox& count : boxes) {
    wg.Go([&count] { total += count(); });
  }
  wg.Wait();
  return total;
}
