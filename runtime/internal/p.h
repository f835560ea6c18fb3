// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// P: what is needed to run goroutines; there are GOMAXPROCS of them.
//
// All but the queue, the status and the counters belongs to the M that holds
// it; a change of holder goes through Scheduler::mu or the status.

#ifndef RUNTIME_INTERNAL_P_H_
#define RUNTIME_INTERNAL_P_H_

#include <atomic>
#include <cstdint>
#include <limits>

#include "runtime/internal/goroutine.h"
#include "runtime/internal/pages.h"
#include "runtime/internal/runq.h"
#include "runtime/internal/stack.h"
#include "runtime/internal/timer_heap.h"

namespace rt::internal {

struct M;

enum class PStatus : uint8_t {
  kIdle,     // On the scheduler's list; nobody's.
  kRunning,  // Held by one M, or on its way to it.
  kSyscall,  // Its M is in a system call: it belongs to whoever Retakes it.
  kRetired,  // GOMAXPROCS is lower than its number; nobody's.
};

struct P : OnPages {
  explicit P(int id);

  const int id;

  // Idle and retired: begins and ends under Scheduler::mu. Syscall: begins by
  // the holder, ends by Retake.
  std::atomic<PStatus> status{PStatus::kRetired};
  P* idle_next = nullptr;  // Guarded by Scheduler::mu.

  // Who holds it, or did last. Written by the holder, read by sysmon.
  std::atomic<M*> holder{nullptr};

  RunQueue queue;
  TimerHeap& timers;  // It outlives the P: so may the timers that it knows.

  // Counters, for NumGoroutine and tests: written by the holder, read by any.
  std::atomic<int64_t> started{0};   // Goroutines spawned here
  std::atomic<int64_t> finished{0};  // and returned here.

  // How often it went on to a goroutine, and to a system call. Written by the
  // holder; sysmon looks whether they move.
  std::atomic<uint32_t> tick{0};
  std::atomic<uint32_t> syscall_tick{0};

  // The tick at which one last came to run that was not made ready by the one
  // before: those since then share its slice. Written by the holder, and by
  // sysmon, which makes it a long time ago when they had enough (D-081).
  std::atomic<uint32_t> slice_tick{0};

  // When its holder last looked at the network; read by any.
  std::atomic<int64_t> polled_ns{std::numeric_limits<int64_t>::min() / 2};

  // The holder's.
  // A clock for dumps: right when the P came to its M and at every 61st tick.
  int64_t now_ns = 0;
  GoroutineCache free;
  StackCache stacks;
  uint64_t next_id = 0;  // Goroutine ids in hand: [next_id, end_id).
  uint64_t end_id = 0;

  // Left in a system call: true if it is now the caller's.
  bool Retake() {
    PStatus expected = PStatus::kSyscall;
    // Acquire: what the former holder did with it; pairs with the store that
    // left it. Relaxed, before: only a hint, which saves the locked
    // instruction.
    return status.load(std::memory_order_relaxed) == expected &&
           status.compare_exchange_strong(expected, PStatus::kRunning,
                                          std::memory_order_acquire);
  }
};

// The timers of P number `id`.
TimerHeap& TimersOf(int id);

inline P::P(int id) : id(id), timers(TimersOf(id)) {}

// Adds to a counter that only the caller writes.
template <typename T>
void Bump(std::atomic<T>& counter) {
  counter.store(counter.load(std::memory_order_relaxed) + 1,
                std::memory_order_relaxed);
}

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_P_H_
