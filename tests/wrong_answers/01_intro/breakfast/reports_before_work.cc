// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: wrong
//
// "Done" is said before it is true.

#include "exercises/01_intro/breakfast/exercise.h"
#include "runtime/runtime.h"

void MakeBreakfast(const Job& make_coffee, const Job& make_toast) {
  auto done = rt::MakeChan<bool>();
  rt::Go([make_coffee, done] {
    done.Send(true);
    make_coffee();
  });
  rt::Go([make_toast, done] {
    done.Send(true);
    make_toast();
  });
  done.Recv();
  done.Recv();
}
