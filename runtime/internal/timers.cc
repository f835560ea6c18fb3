// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Time in the production scheduler: whose timers are run by whom, who waits for
// the next one, and that part of host.h.

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "runtime/internal/host.h"
#include "runtime/internal/sched.h"
#include "runtime/internal/timer.h"
#include "runtime/internal/timer_heap.h"
#include "runtime/internal/tracer.h"

namespace rt::internal {
namespace {

// Of P's past and present, by number: a thread that is not ours may stop a
// timer while Run ends.
constinit TimerHeap heaps[kMaxProcs];

// Runs once the goroutine's context is saved.
bool AddSleeper(G* g, void* arg) {
  // The goroutine may run again as soon as it is in the heap, but *arg, on its
  // stack, has been read by then.
  int64_t when_ns = *static_cast<int64_t*>(arg);
  M* m = CurrentM();
  // This M is about to look for work, or has found some. Only then need another
  // one wait for the timer.
  if (m->p->timers.AddSleeper(when_ns, g)) m->timer_moved = true;
  return true;
}

}  // namespace

TimerHeap& TimersOf(int id) { return heaps[id]; }

int64_t Scheduler::NextTimerNs() const {
  int64_t next_ns = TimerHeap::kNever;
  int made = ps_made.load(std::memory_order_acquire);
  for (int i = 0; i < made; ++i) {
    next_ns = std::min(next_ns, heaps[i].NextNs());
  }
  return next_ns;
}

bool Scheduler::RunTimers(M* m, P* p) {
  int64_t next_ns = p->timers.NextNs();
  if (next_ns == TimerHeap::kNever) return false;
  int64_t now_ns = host::NowNs();
  if (next_ns > now_ns) return false;
  GoroutineList overflow;
  bool any = p->timers.RunDue(now_ns, [&](G* base) {
    auto* g = static_cast<Goroutine*>(base);
    Trace(TraceKind::kReady, g->id, 0,
          static_cast<uint8_t>(ReadyReason::kTimer));
    g->status.store(GStatus::kRunnable, std::memory_order_release);
    m->p->queue.PushBack(g, &overflow);
  });
  InjectList(&overflow);
  // For the others that are due now, and for who will wait for the next timer
  // while this thread is busy.
  if (any) WakeAfterEvent();
  return any;
}

bool Scheduler::RunAllTimers(M* m) {
  bool any = false;
  int made = ps_made.load(std::memory_order_acquire);
  for (int i = 0; i < made; ++i) {
    any |= RunTimers(m, ps[i].load(std::memory_order_acquire));
  }
  return any;
}

void Scheduler::TimerMoved(int64_t when_ns) {
  // The heap's first time was written before, and who begins to wait writes
  // before it looks at the heaps: one of the two sees the other (D-006).
  int64_t until_ns = timer_m_until_ns.load(std::memory_order_seq_cst);
  if (until_ns <= when_ns) return;
  if (until_ns == TimerHeap::kNever &&
      idle_ps.load(std::memory_order_seq_cst) == 0) {
    return;  // All P's are busy: they look for themselves.
  }
  M* start = nullptr;
  mu.Lock();
  if (timer_m != nullptr) {
    WakeTimerM();  // It looks at all heaps again.
  } else if (idle_p != nullptr) {
    int none = 0;
    if (spinning.compare_exchange_strong(none, 1, std::memory_order_seq_cst)) {
      start = Assign(TakeIdleP(), /*spin=*/true);
    }
  }
  mu.Unlock();
  Kick(start);
}

void Scheduler::TellTimerMoved(M* m) {
  m->timer_moved = false;
  TimerMoved(m->p->timers.NextNs());
}

bool Scheduler::SleepUntilTimer(M* m) {
  int64_t when_ns;
  do {
    when_ns = NextTimerNs();
    timer_m_until_ns.store(when_ns, std::memory_order_seq_cst);
  } while (NextTimerNs() < when_ns);
  bool has_p =
      SleepAsTimerM(m, when_ns == TimerHeap::kNever
                           ? -1
                           : std::max<int64_t>(when_ns - host::NowNs(), 0));
  timer_m_until_ns.store(TimerHeap::kNever, std::memory_order_seq_cst);
  return has_p;
}

namespace host {

void SleepNs(int64_t ns) {
  if (ns <= 0) {
    Yield();
    return;
  }
  int64_t now_ns = NowNs();
  int64_t when_ns = now_ns + std::min(ns, TimerHeap::kNever - 1 - now_ns);
  Park(WaitReason::kSleep, nullptr, AddSleeper, &when_ns);
}

void StartTimer(Timer* timer, int64_t when_ns, int64_t period_ns) {
  Scheduler* scheduler = ActiveScheduler();
  if (scheduler == nullptr) Fatal("a timer was started outside of rt::Run");
  when_ns = std::min(when_ns, TimerHeap::kNever - 1);
  M* m = CurrentM();
  P* p = m != nullptr ? m->p : nullptr;
  // From a thread without a P, to the one that is never retired.
  TimerHeap& heap = p != nullptr ? p->timers : TimersOf(0);
  if (heap.Start(timer, when_ns, period_ns)) scheduler->TimerMoved(when_ns);
}

bool StopTimer(Timer* timer) { return TimerHeap::Stop(timer); }

}  // namespace host
}  // namespace rt::internal
