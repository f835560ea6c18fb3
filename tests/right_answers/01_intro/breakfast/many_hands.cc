// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A helper goroutine that does nothing but start and join the others.

#include "exercises/01_intro/breakfast/exercise.h"
#include "runtime/runtime.h"

void MakeBreakfast(const Job& make_coffee, const Job& make_toast) {
  auto served = rt::MakeChan<int>();
  rt::Go([&make_coffee, &make_toast, served] {
    rt::WaitGroup wg;
    wg.Go([&make_toast] { make_toast(); });
    make_coffee();
    wg.Wait();
    served.Close();
  });
  served.Recv();
}
