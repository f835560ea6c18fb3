// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Wrong on purpose: a goroutine that waits for ever, and nobody notices.
//
// The worker sends two values, and main receives one. The second send waits for
// a receiver that never comes. This program ends soon and takes the worker with
// it; a server would keep it, and the next one, and the next.
//
// Look at: the number of goroutines when main has all it wants.

#include <iostream>

#include "runtime/runtime.h"

int main() {
  return rt::Run([] {
    // [demo:leak]
    auto results = rt::MakeChan<int>();
    rt::Go([results] {
      results.Send(1);
      results.Send(2);  // Waits for ever.
    });
    std::cout << "main: got " << *results.Recv() << ", that will do\n";
    // [/demo:leak]
    std::cout << "goroutines: " << rt::NumGoroutine() << "\n";
  });
}

// Output:
// main: got 1, that will do
// goroutines: 2
