// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: wrong
//
// Copied a line and forgot to change it.

#include "exercises/01_intro/breakfast/exercise.h"
#include "runtime/runtime.h"

void MakeBreakfast(const Job& make_coffee, const Job&) {
  rt::WaitGroup wg;
  wg.Go(make_coffee);
  wg.Go(make_coffee);
  wg.Wait();
}
