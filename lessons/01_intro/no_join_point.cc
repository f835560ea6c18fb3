// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Wrong on purpose: a fork without a join. The work is lost.
//
// main forks a goroutine that needs ten seconds, dawdles for a moment, and
// returns. The process ends with it.
//
// Look at: the first step of the work is done, the second never is.

#include <iostream>

#include "absl/time/time.h"
#include "runtime/runtime.h"

int main() {
  return rt::Run([] {
    auto first_step = rt::MakeChan<bool>();

    rt::Go([first_step] {
      std::cout << "worker: first step done" << std::endl;
      first_step.Send(true);
      rt::Sleep(absl::Seconds(10));
      std::cout << "worker: second step done" << std::endl;
    });

    first_step.Recv();
    rt::Sleep(absl::Milliseconds(10));  // Less than the worker needs.
    std::cout << "main: I am off" << std::endl;
  });
}

// Output:
// worker: first step done
// main: I am off
