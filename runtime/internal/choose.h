// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The part of scheduling that every switch from goroutine to goroutine goes
// through, inline: who is next on a P, and whether it may run.

#ifndef RUNTIME_INTERNAL_CHOOSE_H_
#define RUNTIME_INTERNAL_CHOOSE_H_

#include <atomic>
#include <cstdint>

#include "runtime/internal/fence.h"
#include "runtime/internal/host.h"
#include "runtime/internal/sched.h"

namespace rt::internal {

// How often the global queue comes first. A prime, so that it does not fall
// into step with what goroutines do.
inline constexpr uint32_t kGlobalEvery = 61;

// How many goroutines in a row may come from the slot that goes first. A pair
// that hands values to and fro would keep everybody else waiting.
inline constexpr uint32_t kMaxNextStreak = 64;

inline Goroutine* Scheduler::PopQueue(P* p) {
  bool was_next = false;
  Goroutine* g = p->queue.Pop(p->next_streak >= kMaxNextStreak, &was_next);
  p->next_streak = was_next ? p->next_streak + 1 : 0;
  return g;
}

inline bool Scheduler::QueueDecides(const M* m) const {
  if (m->locked != nullptr ||
      world.load(std::memory_order_relaxed) != World::kRunning ||
      m->p->id >= procs.load(std::memory_order_relaxed) ||
      m->p->tick.load(std::memory_order_relaxed) % kGlobalEvery == 0) {
    return false;
  }
  int64_t next_ns = m->p->timers.NextNs();
  return next_ns == TimerHeap::kNever || next_ns > host::NowNs();
}

inline bool Scheduler::MayRun(Goroutine* g) {
  g->status.store(GStatus::kRunning, std::memory_order_relaxed);
  // A dump first writes `hold`, then, after a HeavyFence, reads the status:
  // either we see the hold, or it sees kRunning and keeps off this stack.
  // Acquire: pairs with the release at the end of a dump.
  LightFence();
  return hold.load(std::memory_order_acquire) == Hold::kNone;
}

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_CHOOSE_H_
