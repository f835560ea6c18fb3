// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Wrong on purpose: the next round begins before Wait has returned.
//
// Done takes the counter to zero and wakes main. But before main has left
// Wait, the goroutine raises the counter again. Which round should main wait
// for? The runtime refuses to guess.
//
// Look at: the panic's text. One processor makes it happen every time: main is
// awake, but cannot run before the goroutine pauses. With two processors it
// happens by chance, which is worse. The explorer points at `round`: main may
// read it while round 2 writes it.

#include <cstdio>
#include <memory>

#include "absl/time/time.h"
#include "runtime/runtime.h"

struct Shared {
  rt::WaitGroup wg;
  int round = 0;
};

int main() {
  return rt::Run([] {
    rt::GOMAXPROCS(1);
    auto shared = std::make_shared<Shared>();
    // [demo:reuse]
    shared->wg.Add(1);
    rt::Go([shared] {
      shared->round = 1;
      shared->wg.Done();  // Round 1 is over, main may go on ...
      shared->wg.Add(1);  // ... and round 2 begins, too early.
      shared->round = 2;
      rt::Sleep(absl::Milliseconds(1));
      shared->wg.Done();
    });
    shared->wg.Wait();
    // [/demo:reuse]
    std::printf("main is back in round %d\n", shared->round);
  });
}

// Stderr contains:
// panic: sync: WaitGroup is reused before previous Wait has returned
// Exit status: 2
// Explorer finds: data race
