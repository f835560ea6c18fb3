// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The part of scheduling that every switch from goroutine to goroutine goes
// through, inline: who is next on a P, whether it may run, and what becomes of
// the one before.

#ifndef RUNTIME_INTERNAL_CHOOSE_H_
#define RUNTIME_INTERNAL_CHOOSE_H_

#include <atomic>
#include <cstdint>

#include "runtime/internal/fence.h"
#include "runtime/internal/host.h"
#include "runtime/internal/sched.h"
#include "runtime/internal/tracer.h"

namespace rt::internal {

// How often the global queue comes first. A prime, so that it does not fall
// into step with what goroutines do.
inline constexpr uint32_t kGlobalEvery = 61;

// How many goroutines in a row may come from the slot that goes first, if
// sysmon does not end their slice before. A pair that hands values to and fro
// would keep everybody else waiting; a low number would favour pairs that
// compute between two values (D-081).
inline constexpr uint32_t kMaxNextStreak = 10'000;

[[gnu::always_inline]] inline Goroutine* Scheduler::PopQueue(P* p,
                                                             uint32_t tick) {
  bool was_next = false;
  uint32_t streak = tick - p->slice_tick.load(std::memory_order_relaxed);
  Goroutine* g = p->queue.Pop(streak >= kMaxNextStreak, &was_next);
  if (!was_next) p->slice_tick.store(tick, std::memory_order_relaxed);
  return g;
}

inline bool Scheduler::QueueDecides(const M* m, uint32_t tick) const {
  if (m->locked != nullptr ||
      world.load(std::memory_order_relaxed) != World::kRunning ||
      m->p->id >= procs.load(std::memory_order_relaxed) ||
      tick % kGlobalEvery == 0) {
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

inline void TraceStop(const Goroutine* g, StopReason reason) {
  Trace(TraceKind::kStop, g->id, 0,
        static_cast<uint8_t>(static_cast<unsigned>(reason) |
                             static_cast<unsigned>(g->wait_reason) << 3));
}

[[gnu::always_inline]] inline Goroutine* Scheduler::Finish(M* m, Goroutine* g) {
  if (m->after == After::kPark) {
    host::ParkCommit commit = m->commit;
    TraceStop(g, StopReason::kPark);
    // Release: a dump that sees it finds the saved context.
    g->status.store(GStatus::kWaiting, std::memory_order_release);
    // As soon as commit has released its lock, *g belongs to the waker.
    if (commit == nullptr || commit(g, m->commit_arg)) return nullptr;
    return g;
  }
  if (m->after == After::kYield) {
    TraceStop(g, StopReason::kYield);
    g->status.store(GStatus::kRunnable, std::memory_order_release);
    // Behind those that wait for every P, if there are any: one that was
    // preempted would else see this one come back again and again. Relaxed: who
    // comes too late for this time is there the next time.
    if (global_size.load(std::memory_order_relaxed) > 0 ||
        !m->p->queue.TryPushBack(g)) [[unlikely]] {
      Inject(g);
    }
    return nullptr;
  }
  FinishForGood(m, g);
  return nullptr;
}

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_CHOOSE_H_
