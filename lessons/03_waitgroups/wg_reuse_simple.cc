// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Wrong on purpose: the next round begins before Wait has returned.
//
// Done takes the counter to zero and wakes main. But before main has left
// Wait, the goroutine raises the counter again. Which round should main wait
// for? The runtime refuses to guess.
//
// Look at: the panic's text. One processor makes it happen every time: main is
// awake, and cannot run before the goroutine is through. With two processors
// it happens by chance, which is worse.

#include <memory>

#include "runtime/runtime.h"

int main() {
  return rt::Run([] {
    rt::GOMAXPROCS(1);
    auto wg = std::make_shared<rt::WaitGroup>();
    // [demo:reuse]
    wg->Add(1);
    rt::Go([wg] {
      wg->Done();  // Round 1 is over ...
      wg->Add(1);  // ... and round 2 begins, too early.
      wg->Done();
    });
    wg->Wait();
    // [/demo:reuse]
  });
}
