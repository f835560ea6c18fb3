// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: wrong
//
// Receives one time too few: the last counter waits for ever to hand in its
// votes.

#include "exercises/01_intro/vote_count/exercise.h"
#include "runtime/runtime.h"

int CountVotes(const std::vector<BallotBox>& boxes) {
  auto votes = rt::MakeChan<int>();
  for (const BallotBox& count : boxes) {
    rt::Go([votes, count] { votes.Send(count()); });
  }
  int total = 0;
  for (size_t i = 1; i < boxes.size(); ++i) total += *votes.Recv();
  return total;
}
