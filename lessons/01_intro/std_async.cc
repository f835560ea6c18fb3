// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Fork and join in standard C++ with a result: std::async and std::future.
//
// get() is the join point and brings the value along, much like a receive from
// a channel of capacity one that is used once. Ask for std::launch::async:
// without it the library may run the function only when you call get().
//
// Look at: no shared variable anywhere.

#include <future>
#include <iostream>

int Square(int x) { return x * x; }

int main() {
  std::future<int> a = std::async(std::launch::async, Square, 3);
  std::future<int> b = std::async(std::launch::async, Square, 4);
  std::cout << "3 * 3 + 4 * 4 = " << a.get() + b.get() << "\n";
}

// Output:
// 3 * 3 + 4 * 4 = 25
