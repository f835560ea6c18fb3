// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Fork and join in standard C++: std::jthread joins in its destructor.
//
// Leaving the inner block is the join point: the vector destroys both threads
// there, and so joins them, whichever way the block is left. Each std::jthread
// is a thread of the operating system: start a few, not a hundred thousand.
//
// Look at: where the join is. There is no line for it, only a closing brace.

#include <iostream>
#include <thread>
#include <vector>

int main() {
  int left = 0;
  int right = 0;
  {
    std::vector<std::jthread> threads;
    threads.emplace_back([&left] { left = 6; });
    threads.emplace_back([&right] { right = 7; });
  }  // The join.
  std::cout << left << " * " << right << " = " << left * right << "\n";
}

// Output:
// 6 * 7 = 42
