// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: race
//
// Polls two ordinary variables: nothing orders the writes before the reads.

#include <memory>

#include "absl/time/time.h"
#include "exercises/01_intro/breakfast/exercise.h"
#include "runtime/runtime.h"

void MakeBreakfast(const Job& make_coffee, const Job& make_toast) {
  struct Ready {
    bool coffee = false;
    bool toast = false;
  };
  auto ready = std::make_shared<Ready>();
  rt::Go([make_coffee, ready] {
    make_coffee();
    ready->coffee = true;
  });
  rt::Go([make_toast, ready] {
    make_toast();
    ready->toast = true;
  });
  while (!ready->coffee || !ready->toast) rt::Sleep(absl::Milliseconds(1));
}
