// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Go finds a copied Cond when the program runs: "sync.Cond is copied".

#include "runtime/runtime.h"

void WaitAtACopy(rt::Cond cond) { cond.Wait(); }

int main() {
  return rt::Run([] {
    rt::Mutex mu;
    rt::Cond cond(&mu);
    WaitAtACopy(cond);
  });
}

// Compile error: deleted
