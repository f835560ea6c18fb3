// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// abseil: absl::BlockingCounter is a latch for one waiter.
//
// DecrementCount is Done; Wait may be called once. Like std::latch it blocks a
// thread, not a goroutine. The counter may be destroyed as soon as Wait has
// returned, which is what makes it safe as a local variable.
//
// Look at: the same three steps as ever: count first, start, wait.

#include <cstdio>
#include <thread>
#include <vector>

#include "absl/synchronization/blocking_counter.h"

int main() {
  int squares[3] = {};
  // [demo:blocking_counter]
  absl::BlockingCounter done(3);
  std::vector<std::jthread> workers;
  for (int i = 0; i < 3; ++i) {
    workers.emplace_back([&squares, &done, i] {
      squares[i] = i * i;
      done.DecrementCount();
    });
  }
  done.Wait();
  // [/demo:blocking_counter]
  for (int square : squares) std::printf("%d\n", square);
}

// Output:
// 0
// 1
// 4
