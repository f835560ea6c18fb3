// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A join point for many threads in standard C++: std::latch.
//
// A latch counts down from a number given at the start, and wait() returns when
// it reaches zero. Unlike rt::WaitGroup it cannot count up, so the number of
// workers must be known before the first one starts; and it does not start
// them.
//
// Look at: main goes on when the work is done, before the threads have ended.

#include <array>
#include <iostream>
#include <latch>
#include <thread>

int main() {
  std::array<int, 3> squares = {};
  std::latch done(3);
  std::array<std::jthread, 3> workers;
  for (int i = 0; i < 3; ++i) {
    workers[i] = std::jthread([&squares, &done, i] {
      squares[i] = (i + 1) * (i + 1);
      done.count_down();
    });
  }
  done.wait();  // The join.
  std::cout << squares[0] + squares[1] + squares[2] << "\n";
}

// Output:
// 14
