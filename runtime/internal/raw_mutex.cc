// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/raw_mutex.h"

#include <sched.h>

namespace rt::internal {

void RawMutex::LockSlow() {
  constexpr int kSpins = 100;  // Some 3 µs: longer than any owner needs.
  for (int i = 0;; ++i) {
    // Relaxed: only a hint; the exchange orders.
    if (!locked_.load(std::memory_order_relaxed) &&
        !locked_.exchange(true, std::memory_order_acquire)) {
      return;
    }
    if (i < kSpins) {
      CpuRelax();
    } else {
      sched_yield();
    }
  }
}

}  // namespace rt::internal
