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
  // Ever longer between two looks: each takes the cache line, with what it
  // guards, away from the owner, who would often want it again. Some 7 µs in
  // all, which is longer than any owner needs.
  constexpr int kLongest = 256;
  for (int pauses = 1;; pauses *= 2) {
    // Relaxed: only a hint; the exchange orders.
    if (!locked_.load(std::memory_order_relaxed) &&
        !locked_.exchange(true, std::memory_order_seq_cst)) {
      return;
    }
    if (pauses > kLongest) {
      sched_yield();
      pauses = 1;
    }
    for (int i = 0; i < pauses; ++i) CpuRelax();
  }
}

}  // namespace rt::internal
