// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Fork and join with a WaitGroup: Wait() is the join point of any number of
// goroutines.
//
// A WaitGroup counts the goroutines that are still at work. wg.Go starts one
// and counts it; Wait returns when the count is back at zero. Each worker
// writes a place of its own, so the workers need no order among themselves.
//
// Look at: the sum. Three workers, one join.

#include <array>
#include <iostream>

#include "runtime/runtime.h"

int main() {
  return rt::Run([] {
    // [demo:waitgroup]
    std::array<int, 3> squares = {};
    rt::WaitGroup wg;

    for (int i = 0; i < 3; ++i) {
      wg.Go([&squares, i] { squares[i] = (i + 1) * (i + 1); });
    }
    wg.Wait();  // The join: from here on, all three squares may be read.
    // [/demo:waitgroup]

    std::cout << squares[0] << " + " << squares[1] << " + " << squares[2]
              << " = " << squares[0] + squares[1] + squares[2] << "\n";
  });
}

// Output:
// 1 + 4 + 9 = 14
