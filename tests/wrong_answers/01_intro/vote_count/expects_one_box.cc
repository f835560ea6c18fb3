// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: deadlock
//
// Takes the first report before it asks how many there will be: with no boxes
// nobody reports.

#include "exercises/01_intro/vote_count/exercise.h"
#include "runtime/runtime.h"

int CountVotes(const std::vector<BallotBox>& boxes) {
  auto votes = rt::MakeChan<int>();
  for (const BallotBox& count : boxes) {
    rt::Go([votes, &count] { votes.Send(count()); });
  }
  int total = *votes.Recv();
  for (size_t i = 1; i < boxes.size(); ++i) total += *votes.Recv();
  return total;
}
