// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Fork and join in standard C++: std::jthread joins in its destructor.
//
// Leaving the inner block is the join point: both threads are joined there,
// whichever way the block is left. Each std::jthread is a thread of the
// operating system: start a few of them, not a hundred thousand.
//
// Look at: where the join is. There is no line for it, only a closing brace.

#include <iostream>
#include <thread>

int main() {
  int left = 0;
  int right = 0;
  {
    std::jthread a([&left] { left = 6; });
    std::jthread b([&right] { right = 7; });
  }  // The join.
  std::cout << left << " * " << right << " = " << left * right << "\n";
}

// Output:
// 6 * 7 = 42
