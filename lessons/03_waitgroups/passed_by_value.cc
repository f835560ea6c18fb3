// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Wrong on purpose, and the compiler says so: a WaitGroup cannot be copied.
//
// A copy would have a counter of its own, and a Done on it would tell nobody.
// Go accepts this program (its vet tool complains); here it does not compile.
//
// Look at: the words "deleted" and "WaitGroup(const WaitGroup&)" in the error.
// The cure is to pass a reference: `rt::WaitGroup& wg`, and std::ref or a
// lambda that captures `&wg` for rt::Go.

#include "runtime/runtime.h"

void Worker(rt::WaitGroup wg) { wg.Done(); }

int main() {
  return rt::Run([] {
    rt::WaitGroup wg;
    wg.Add(1);
    Worker(wg);
    wg.Wait();
  });
}

// Compile error: deleted
