// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: livelock

// Counts rightly and orders memory, and keeps a processor busy while it waits.

#include <atomic>

#include "exercises/03_waitgroups/photo_album/exercise.h"
#include "runtime/runtime.h"

void DevelopAll(int photos, const std::function<void(int)>& develop) {
  std::atomic<int> left = photos;
  for (int i = 0; i < photos; ++i) {
    rt::Go([&develop, &left, i] {
      develop(i);
      --left;
    });
  }
  while (left > 0) rt::Gosched();
}
