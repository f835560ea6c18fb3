// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: deadlock

// Counts the photos in and never out.

#include "exercises/03_waitgroups/photo_album/exercise.h"
#include "runtime/runtime.h"

void DevelopAll(int photos, const std::function<void(int)>& develop) {
  rt::WaitGroup wg;
  for (int i = 0; i < photos; ++i) {
    wg.Add(1);
    rt::Go([&develop, i] { develop(i); });
  }
  wg.Wait();
}
