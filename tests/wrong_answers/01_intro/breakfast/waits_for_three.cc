// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: deadlock
//
// Counts main as well: the third report never comes.

#include "exercises/01_intro/breakfast/exercise.h"
#include "runtime/runtime.h"

void MakeBreakfast(const Job& make_coffee, const Job& make_toast) {
  rt::WaitGroup wg;
  wg.Add(3);
  rt::Go([&] {
    make_coffee();
    wg.Done();
  });
  rt::Go([&] {
    make_toast();
    wg.Done();
  });
  wg.Wait();
}
