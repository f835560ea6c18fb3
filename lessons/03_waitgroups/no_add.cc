// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Wrong on purpose: Wait without an Add returns at once.
//
// The counter starts at zero, and Wait waits for zero. A forgotten Add is
// therefore not an error that anybody reports: the join is just not there.
//
// Look at: main goes on although the goroutine it wanted to wait for has not
// even received its permission to start.

#include <cstdio>

#include "runtime/runtime.h"

int main() {
  return rt::Run([] {
    static auto permission = rt::MakeChan<int>();
    rt::WaitGroup wg;
    rt::Go([] {
      permission.Recv();
      std::printf("the work, which nobody will see\n");
    });
    wg.Wait();  // Nothing was added: returns at once.
    std::printf("main did not wait\n");
  });
}

// Output:
// main did not wait
