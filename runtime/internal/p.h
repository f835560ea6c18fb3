// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// P: what is needed to run goroutines; there are GOMAXPROCS of them.
//
// A P is idle (on the scheduler's list), running (held by one M), or retired
// (GOMAXPROCS is lower than its number). All but the queue and the counters
// belongs to the M that holds it.

#ifndef RUNTIME_INTERNAL_P_H_
#define RUNTIME_INTERNAL_P_H_

#include <atomic>
#include <cstdint>

#include "runtime/internal/goroutine.h"
#include "runtime/internal/runq.h"
#include "runtime/internal/stack.h"

namespace rt::internal {

enum class PStatus : uint8_t { kIdle, kRunning, kRetired };

struct P {
  explicit P(int id) : id(id) {}

  const int id;

  // Guarded by Scheduler::mu.
  PStatus status = PStatus::kRetired;
  P* idle_next = nullptr;

  RunQueue queue;

  // Counters, for NumGoroutine and tests: written by the holder, read by any.
  std::atomic<int64_t> started{0};   // Goroutines spawned here
  std::atomic<int64_t> finished{0};  // and returned here.

  // The holder's.
  uint32_t tick = 0;  // How many goroutines it has run.
  uint32_t next_streak =
      0;  // How many in a row came from the queue's first slot.
  GoroutineList free;
  StackCache stacks;
  uint64_t next_id = 0;  // Goroutine ids in hand: [next_id, end_id).
  uint64_t end_id = 0;
};

// Adds to a counter that only the caller writes.
inline void Bump(std::atomic<int64_t>& counter) {
  counter.store(counter.load(std::memory_order_relaxed) + 1,
                std::memory_order_relaxed);
}

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_P_H_
