// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: race
//
// A sleep long enough for every job the student could think of. It orders
// nothing, and there is always a slower job.

#include "absl/time/time.h"
#include "exercises/01_intro/breakfast/exercise.h"
#include "runtime/runtime.h"

void MakeBreakfast(const Job& make_coffee, const Job& make_toast) {
  rt::Go(make_coffee);
  rt::Go(make_toast);
  rt::Sleep(absl::Seconds(3600));
}
