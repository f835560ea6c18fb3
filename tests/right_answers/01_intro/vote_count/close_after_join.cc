// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A goroutine closes the channel once all counters are done; the caller ranges
// over it and need not know how many there are.

#include "exercises/01_intro/vote_count/exercise.h"
#include "runtime/runtime.h"

int CountVotes(const std::vector<BallotBox>& boxes) {
  auto votes = rt::MakeChan<int>();
  rt::Go([votes, &boxes] {
    rt::WaitGroup wg;
    for (const BallotBox& count : boxes) {
      wg.Go([votes, &count] { votes.Send(count()); });
    }
    wg.Wait();
    votes.Close();
  });
  int total = 0;
  for (int box : votes) total += box;
  return total;
}
