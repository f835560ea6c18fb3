// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Divide and conquer: each half is counted by a goroutine that does the same.

#include <cstddef>

#include "exercises/01_intro/vote_count/exercise.h"
#include "runtime/runtime.h"

namespace {

int CountRange(const std::vector<BallotBox>& boxes, size_t begin, size_t end) {
  if (begin == end) return 0;
  if (begin + 1 == end) return boxes[begin]();
  const size_t middle = begin + (end - begin) / 2;
  int left = 0;
  rt::WaitGroup wg;
  wg.Go([&] { left = CountRange(boxes, begin, middle); });
  const int right = CountRange(boxes, middle, end);
  wg.Wait();
  return left + right;
}

}  // namespace

int CountVotes(const std::vector<BallotBox>& boxes) {
  return CountRange(boxes, 0, boxes.size());
}
