// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: serial
//
// A channel, but each receive comes right behind its fork.

#include "exercises/01_intro/vote_count/exercise.h"
#include "runtime/runtime.h"

int CountVotes(const std::vector<BallotBox>& boxes) {
  int total = 0;
  auto votes = rt::MakeChan<int>();
  for (const BallotBox& count : boxes) {
    rt::Go([votes, &count] { votes.Send(count()); });
    total += *votes.Recv();
  }
  return total;
}
