// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Standard C++: std::jthread joins in its destructor.
//
// The vector's scope is the fork-join block: at its closing brace every
// destructor waits for its thread. A std::thread that is still joinable there
// would end the program. No goroutines here: each jthread is a thread of the
// operating system, which costs more to start and has a bigger stack.
//
// Look at: no counter at all. It fits when the number of tasks is small and
// their lifetime is a scope.

#include <cstdio>
#include <thread>
#include <vector>

int main() {
  int squares[4] = {};
  // [demo:jthread]
  {
    std::vector<std::jthread> workers;
    for (int i = 0; i < 4; ++i) {
      workers.emplace_back([&squares, i] { squares[i] = i * i; });
    }
  }  // Joins all four.
  // [/demo:jthread]
  for (int square : squares) std::printf("%d\n", square);
}

// Output:
// 0
// 1
// 4
// 9
