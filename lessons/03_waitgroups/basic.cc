// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The three methods of a WaitGroup, and the six rules for using them.
//
//   1. Add(n) raises the counter by n, before the goroutines that it counts
//      start: an Add inside the goroutine may come after Wait.
//   2. Done() lowers it by one: once per goroutine, on every way out.
//   3. Wait() blocks until the counter is zero, and makes everything that
//      happened before those Done() calls visible to the waiter.
//   4. The counter never goes below zero: that is a panic.
//   5. All parties use the same WaitGroup: capture it by reference. It cannot
//      be copied.
//   6. It may be used again once all its Wait() calls have returned.
//
// Look at: the three lines come in any order, the last line comes last.

#include <cstdio>

#include "runtime/runtime.h"

int main() {
  return rt::Run([] {
    // [demo:basic]
    rt::WaitGroup wg;
    wg.Add(3);
    for (int i = 1; i <= 3; ++i) {
      rt::Go([&wg, i] {
        std::printf("goroutine %d\n", i);
        wg.Done();
      });
    }
    wg.Wait();
    // [/demo:basic]
    std::printf("all three are done\n");
  });
}

// Unordered output:
// goroutine 1
// goroutine 2
// goroutine 3
// all three are done
