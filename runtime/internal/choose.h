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

inline void TraceStop(const Goroutine* g, StopReason reason) {
  Trace(TraceKind::kStop, g->id, 0,
        static_cast<uint8_t>(static_cast<unsigned>(reason) |
                             static_cast<unsigned>(g->wait_reason) << 3));
}

inline Goroutine* Scheduler::Finish(M* m, Goroutine* g) {
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
    GoroutineList list;
    // Behind those that wait for every P, if there are any: one that was
    // preempted would else see this one come back again and again. Relaxed: who
    // comes too late for this time is there the next time.
    if (global_size.load(std::memory_order_relaxed) > 0) [[unlikely]] {
      list.PushBack(g);
    } else {
      m->p->queue.PushBack(g, &list);
    }
    InjectList(&list);
    return nullptr;
  }
  FinishForGood(m, g);
  return nullptr;
}

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_CHOOSE_H_
