// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Asks again and again, and lets the others run in between. A waste, but right.

#include <atomic>

#include "exercises/01_intro/breakfast/exercise.h"
#include "runtime/runtime.h"

void MakeBreakfast(const Job& make_coffee, const Job& make_toast) {
  std::atomic<bool> coffee_is_ready = false;
  rt::Go([&make_coffee, &coffee_is_ready] {
    make_coffee();
    coffee_is_ready.store(true, std::memory_order_release);
  });
  make_toast();
  while (!coffee_is_ready.load(std::memory_order_acquire)) rt::Gosched();
}
