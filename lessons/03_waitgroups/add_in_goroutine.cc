// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Wrong on purpose: Add inside the goroutine may come after Wait.
//
// rt::Go makes a goroutine runnable; nobody promises that it runs before main
// reaches Wait. If it does not, the counter is still zero, Wait returns, and
// main reads `answer` while the goroutine is about to write it.
//
// Look at: it prints 0 or 42, by chance; and 42 is no proof that it is right.
// The explorer tries the orders one by one and names both lines.

#include <cstdio>
#include <memory>

#include "runtime/runtime.h"

struct Shared {
  rt::WaitGroup wg;
  int answer = 0;
};

int main() {
  return rt::Run([] {
    // Shared, because the goroutine may still need it when main has returned.
    auto shared = std::make_shared<Shared>();
    // [demo:late]
    rt::Go([shared] {
      shared->wg.Add(1);  // Too late: it belongs before rt::Go.
      shared->answer = 42;
      shared->wg.Done();
    });
    shared->wg.Wait();
    std::printf("the answer is %d\n", shared->answer);
    // [/demo:late]
  });
}

// Output contains:
// the answer is
// Explorer finds: data race
