// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/raw_mutex.h"

#include <sched.h>

#include <cstdint>

#include "runtime/internal/no_preempt.h"

namespace rt::internal {

// Here, since whoever needs them has the mutex, too.
extern "C" {
constinit thread_local uint32_t rt_no_preempt_count = 0;
constinit thread_local uint32_t rt_pinned = 0;
}

void RawMutex::LockSlow() {
  constexpr int kSpins = 100;  // Some 3 µs: longer than any owner needs.
  for (int i = 0;; ++i) {
    // Relaxed: only a hint; the exchange orders.
    if (!locked_.load(std::memory_order_relaxed) &&
        !locked_.exchange(true, std::memory_order_seq_cst)) {
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
