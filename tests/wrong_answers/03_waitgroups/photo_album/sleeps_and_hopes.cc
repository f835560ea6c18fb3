// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: wrong

// "A second is plenty." It is, until a photo takes longer.

#include "absl/time/time.h"
#include "exercises/03_waitgroups/photo_album/exercise.h"
#include "runtime/runtime.h"

void DevelopAll(int photos, const std::function<void(int)>& develop) {
  for (int i = 0; i < photos; ++i) {
    rt::Go([&develop, i] { develop(i); });
  }
  rt::Sleep(absl::Seconds(1));
}
