// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "exercises/01_intro/breakfast/exercise.h"

#include "runtime/runtime.h"

void MakeBreakfast(const Job& make_coffee, const Job& make_toast) {
  rt::Go(make_coffee);
  rt::Go(make_toast);
  // TODO(you): both jobs are started now, but the breakfast is served at once.
  // Return only when both are done.
}
