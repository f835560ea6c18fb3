// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Polls atomic flags. It wastes time that the WaitGroup does not, but an atomic
// store that is read does order what came before it.

#include <atomic>

#include "absl/time/time.h"
#include "exercises/01_intro/breakfast/exercise.h"
#include "runtime/runtime.h"

void MakeBreakfast(const Job& make_coffee, const Job& make_toast) {
  std::atomic<int> running = 2;
  rt::Go([&] {
    make_coffee();
    --running;
  });
  rt::Go([&] {
    make_toast();
    --running;
  });
  while (running > 0) rt::Sleep(absl::Milliseconds(1));
}
