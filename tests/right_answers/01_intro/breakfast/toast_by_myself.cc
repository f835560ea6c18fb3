// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// One goroutine is enough: the caller does the second job itself.

#include "exercises/01_intro/breakfast/exercise.h"
#include "runtime/runtime.h"

void MakeBreakfast(const Job& make_coffee, const Job& make_toast) {
  auto coffee = rt::MakeChan<bool>();
  rt::Go([&make_coffee, coffee] {
    make_coffee();
    coffee.Close();
  });
  make_toast();
  coffee.Recv();
}
