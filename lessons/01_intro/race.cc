// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Wrong on purpose: main reads a result that nobody has promised it yet.
//
// main sleeps long enough for the worker to finish and so, run by hand, the
// program seems to work. But a sleep is not a join: nothing orders the write
// before the read. That is a data race, and in C++ a program with a data race
// has no meaning at all.
//
// Look at: the two lines that the explorer names, and what it says is missing
// between them.

#include <iostream>

#include "absl/time/time.h"
#include "runtime/runtime.h"

int main() {
  return rt::Run([] {
    // [demo:race]
    static int answer = 0;
    rt::Go([] { answer = 6 * 7; });

    rt::Sleep(absl::Milliseconds(100));
    std::cout << "main: the answer is " << answer << "\n";
    // [/demo:race]
  });
}

// Output contains:
// main: the answer is
// Explorer finds: data race
