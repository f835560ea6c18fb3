// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Wrong on purpose: several goroutines run rounds on one shared WaitGroup.
//
// Every goroutine adds one to the group, starts a worker, and waits, twice.
// When the workers of round one are through, all waiters wake up; the first of
// them begins its round two, while the others have not left Wait yet.
//
// Look at: each goroutine alone does everything right. What goes wrong is
// sharing: a group belongs to one waiter and its round. The cure is a WaitGroup
// of its own in every goroutine.

#include "runtime/runtime.h"

int main() {
  return rt::Run([] {
    rt::GOMAXPROCS(1);  // Makes it happen every time.
    rt::WaitGroup shared;
    rt::WaitGroup everybody;
    for (int i = 0; i < 3; ++i) {
      everybody.Go([&shared] {
        // [demo:rounds]
        for (int round = 0; round < 2; ++round) {
          shared.Add(1);
          rt::Go([&shared] {
            rt::Gosched();  // The work.
            shared.Done();
          });
          shared.Wait();  // Waits for everybody's workers.
        }
        // [/demo:rounds]
      });
    }
    everybody.Wait();
  });
}

// Stderr contains:
// panic: sync: WaitGroup is reused before previous Wait has returned
// Exit status: 2
