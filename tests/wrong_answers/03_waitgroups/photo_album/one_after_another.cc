// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: serial

// Waits for each photo before it starts the next: a loop with a detour.

#include "exercises/03_waitgroups/photo_album/exercise.h"
#include "runtime/runtime.h"

void DevelopAll(int photos, const std::function<void(int)>& develop) {
  rt::WaitGroup wg;
  for (int i = 0; i < photos; ++i) {
    wg.Go([&develop, i] { develop(i); });
    wg.Wait();
  }
}
