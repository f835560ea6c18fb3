// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Standard C++: std::latch counts down from a number given once.
//
// A WaitGroup for one occasion: no Add, no second round. It blocks the thread,
// so use it between threads; a goroutine that waited on it would keep a whole
// worker thread of the runtime from running the others.
//
// Look at: count_down is Done, wait is Wait; and the threads still have to be
// joined, because "has counted down" is not "has ended".

#include <cstdio>
#include <latch>
#include <thread>
#include <vector>

int main() {
  int squares[3] = {};
  // [demo:latch]
  std::latch done(3);
  std::vector<std::jthread> workers;
  for (int i = 0; i < 3; ++i) {
    workers.emplace_back([&squares, &done, i] {
      squares[i] = i * i;
      done.count_down();
    });
  }
  done.wait();
  // [/demo:latch]
  for (int square : squares) std::printf("%d\n", square);
}

// Output:
// 0
// 1
// 4
