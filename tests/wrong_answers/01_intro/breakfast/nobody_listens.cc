// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: leak
//
// Each job reports on its own channel, and one report is never received: that
// goroutine stays blocked for ever. The toast is known to be done because its
// goroutine got as far as sending the first report.

#include "exercises/01_intro/breakfast/exercise.h"
#include "runtime/runtime.h"

void MakeBreakfast(const Job& make_coffee, const Job& make_toast) {
  auto coffee = rt::MakeChan<bool>();
  auto toast = rt::MakeChan<bool>();
  rt::Go([make_coffee, coffee] {
    make_coffee();
    coffee.Send(true);
  });
  rt::Go([make_toast, toast] {
    make_toast();
    toast.Send(true);
    toast.Send(true);
  });
  coffee.Recv();
  toast.Recv();
}
