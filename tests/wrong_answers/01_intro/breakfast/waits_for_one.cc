// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: wrong
//
// Two jobs report, one report is awaited: the other job may still be at work.

#include "exercises/01_intro/breakfast/exercise.h"
#include "runtime/runtime.h"

void MakeBreakfast(const Job& make_coffee, const Job& make_toast) {
  auto done = rt::MakeChan<bool>(2);
  rt::Go([make_coffee, done] {
    make_coffee();
    done.Send(true);
  });
  rt::Go([make_toast, done] {
    make_toast();
    done.Send(true);
  });
  done.Recv();
}
