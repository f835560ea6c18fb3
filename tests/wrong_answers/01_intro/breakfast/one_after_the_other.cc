// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: serial
//
// The oldest way to be sure: no goroutine at all.

#include "exercises/01_intro/breakfast/exercise.h"

void MakeBreakfast(const Job& make_coffee, const Job& make_toast) {
  make_coffee();
  make_toast();
}
