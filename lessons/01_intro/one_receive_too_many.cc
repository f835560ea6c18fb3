// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Wrong on purpose: three jobs report, and main waits for a fourth report.
//
// Nobody is left who could ever send. The runtime sees that every goroutine
// waits, says so, shows where each of them stands, and ends the program.
//
// Look at: the first line on stderr, then the line in brackets: what goroutine
// 1 waits for, and below it, in which line.

#include <iostream>

#include "runtime/runtime.h"

int main() {
  return rt::Run([] {
    auto done = rt::MakeChan<int>();
    for (int i = 0; i < 3; ++i) rt::Go([done, i] { done.Send(i); });

    for (int reports = 0; reports < 4; ++reports) {
      done.Recv();
      std::cout << "reports: " << reports + 1 << std::endl;
    }
  });
}

// Output:
// reports: 1
// reports: 2
// reports: 3
// Stderr contains:
// fatal error: all goroutines are asleep - deadlock!
// goroutine 1 [chan receive]:
// Exit status: 2
