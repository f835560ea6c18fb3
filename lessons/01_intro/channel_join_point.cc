// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Fork and join with a channel: one receive is the join point.
//
// The worker writes an ordinary variable, then sends. main receives, then reads
// the variable. Whatever a goroutine did before a send is visible to the one
// that received: a channel hands over not just a value but all the work
// behind it.
//
// Look at: the last line. It can only be 42, on every run.

#include <iostream>

#include "runtime/runtime.h"

int main() {
  return rt::Run([] {
    // [demo:channel]
    int answer = 0;
    auto done = rt::MakeChan<bool>();

    rt::Go([&answer, done] {  // The fork.
      answer = 6 * 7;
      done.Send(true);
    });

    std::cout << "main: waiting at the join point\n";
    done.Recv();  // The join.
    std::cout << "main: the answer is " << answer << "\n";
    // [/demo:channel]
  });
}

// Output:
// main: waiting at the join point
// main: the answer is 42
