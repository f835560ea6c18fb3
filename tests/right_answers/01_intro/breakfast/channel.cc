// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The join by a channel: one receive for each job.

#include "exercises/01_intro/breakfast/exercise.h"
#include "runtime/runtime.h"

void MakeBreakfast(const Job& make_coffee, const Job& make_toast) {
  auto done = rt::MakeChan<bool>();
  rt::Go([&make_coffee, done] {
    make_coffee();
    done.Send(true);
  });
  rt::Go([&make_toast, done] {
    make_toast();
    done.Send(true);
  });
  done.Recv();
  done.Recv();
}
