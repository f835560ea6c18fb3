// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "exercises/01_intro/vote_count/exercise.h"

#include <cstddef>

#include "runtime/runtime.h"

int CountVotes(const std::vector<BallotBox>& boxes) {
  auto votes = rt::MakeChan<int>();
  for (const BallotBox& count : boxes) {
    rt::Go([votes, &count] {
      const int counted = count();
      votes.Send(counted);
    });
  }
  int total = 0;
  for (size_t i = 0; i < boxes.size(); ++i) total += *votes.Recv();
  return total;
}
