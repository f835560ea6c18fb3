// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: wrong
//
// Closes the channel so that the loop ends, while the counters still count.

#include "exercises/01_intro/vote_count/exercise.h"
#include "runtime/runtime.h"

int CountVotes(const std::vector<BallotBox>& boxes) {
  auto votes = rt::MakeChan<int>(boxes.size());
  for (const BallotBox& count : boxes) {
    rt::Go([votes, count] { votes.Send(count()); });
  }
  votes.Close();
  int total = 0;
  for (int box : votes) total += box;
  return total;
}
