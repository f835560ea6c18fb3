// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Goroutines finish in no fixed order, whatever order they started in.
//
// Look at: the lines come in another order than 0 to 9, and a WaitGroup does
// not change that: it says when all are done, not who is first.

#include <cstdio>

#include "runtime/runtime.h"

int main() {
  return rt::Run([] {
    rt::WaitGroup wg;
    for (int i = 0; i < 10; ++i) {
      wg.Go([i] { std::printf("goroutine %d\n", i); });
    }
    wg.Wait();
  });
}

// Unordered output:
// goroutine 0
// goroutine 1
// goroutine 2
// goroutine 3
// goroutine 4
// goroutine 5
// goroutine 6
// goroutine 7
// goroutine 8
// goroutine 9
