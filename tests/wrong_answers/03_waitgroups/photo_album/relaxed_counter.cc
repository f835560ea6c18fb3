// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: race

// Counts rightly, but a relaxed counter orders nothing: the caller may not yet
// see what the photos have written.

#include <atomic>

#include "exercises/03_waitgroups/photo_album/exercise.h"
#include "runtime/runtime.h"

void DevelopAll(int photos, const std::function<void(int)>& develop) {
  std::atomic<int> left = photos;
  for (int i = 0; i < photos; ++i) {
    rt::Go([&develop, &left, i] {
      develop(i);
      left.fetch_sub(1, std::memory_order_relaxed);
    });
  }
  while (left.load(std::memory_order_relaxed) > 0) rt::Gosched();
}
