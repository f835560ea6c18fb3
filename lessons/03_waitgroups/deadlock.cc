// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Wrong on purpose: a goroutine that never calls Done.
//
// Two are counted, one reports. main waits for a Done that cannot come, and no
// goroutine is left that could run.
//
// Look at: the runtime's message, the wait reason of goroutine 1, and the exit
// status 2.

#include <cstdio>

#include "runtime/runtime.h"

int main() {
  return rt::Run([] {
    // [demo:deadlock]
    rt::WaitGroup wg;
    wg.Add(2);
    rt::Go([&wg] {
      std::printf("the first goroutine calls Done\n");
      wg.Done();
    });
    rt::Go([] { std::printf("the second one forgets\n"); });
    wg.Wait();
    // [/demo:deadlock]
    std::printf("never printed\n");
  });
}

// Stderr contains:
// fatal error: all goroutines are asleep - deadlock!
// Exit status: 2
// Explorer finds: deadlock
