// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: serial
//
// The join comes before the second fork.

#include "exercises/01_intro/breakfast/exercise.h"
#include "runtime/runtime.h"

void MakeBreakfast(const Job& make_coffee, const Job& make_toast) {
  rt::WaitGroup wg;
  wg.Go(make_coffee);
  wg.Wait();
  wg.Go(make_toast);
  wg.Wait();
}
