// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Standard C++: std::barrier is for rounds, with a step between them.
//
// All parties arrive and wait; the last one to arrive runs the completion
// function, then all go on into the next round. What is an error with a
// WaitGroup (a round that begins while somebody still waits) is its normal use.
//
// Look at: the completion runs once per round, after both and before either
// goes on, so it may read both halves without a lock.

#include <barrier>
#include <cstdio>
#include <thread>

int main() {
  int halves[2] = {0, 0};
  // [demo:barrier]
  int round = 0;
  std::barrier sync(2, [&]() noexcept {
    ++round;
    std::printf("round %d: %d + %d\n", round, halves[0], halves[1]);
  });
  auto work = [&](int me) {
    for (int i = 1; i <= 3; ++i) {
      halves[me] += i;
      sync.arrive_and_wait();
    }
  };
  std::jthread left(work, 0);
  std::jthread right(work, 1);
  // [/demo:barrier]
}

// Output:
// round 1: 1 + 1
// round 2: 3 + 3
// round 3: 6 + 6
