// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// wg.Go(f) does Add(1), starts f in a goroutine, and calls Done() after it.
//
// Look at: there is no Add to forget and no Done to miss. The results need no
// lock: every goroutine writes an element of its own, and Wait makes all of
// them visible to main.

#include <cstdio>
#include <vector>

#include "runtime/runtime.h"

int main() {
  return rt::Run([] {
    // [demo:go]
    std::vector<int> squares(5);
    rt::WaitGroup wg;
    for (int i = 0; i < 5; ++i) {
      wg.Go([&squares, i] { squares[i] = i * i; });
    }
    wg.Wait();
    // [/demo:go]
    for (int square : squares) std::printf("%d\n", square);
  });
}

// Output:
// 0
// 1
// 4
// 9
// 16
