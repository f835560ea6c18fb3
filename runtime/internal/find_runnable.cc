// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The order in which an M looks for work: timers that are due, every 61st time
// the global queue, its P's own queue, the global queue, the network, other P's
// queues; then it gives its P back, looks once more (D-006), and sleeps.

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <utility>

#include "runtime/internal/check.h"
#include "runtime/internal/choose.h"
#include "runtime/internal/fence.h"
#include "runtime/internal/sched.h"
#include "runtime/internal/tracer.h"

namespace rt::internal {
namespace {

constexpr int kStealRounds = 4;

// What a P made ready last it usually runs itself, in an instant, where the
// data is; it is taken only if the P does not come to that, and runs what it
// ran before. A pair that hands values to and fro is left alone.
//
// The thief sleeps, for about 20 µs by the kernel's clock, rather than spins:
// it counts as one that looks for work, so meanwhile the pair wakes nobody. If
// the P's thread is on the thief's own core, so short a sleep may be over
// before that comes to run; then it has another, longer one (D-090).
Goroutine* StealNext(P* victim) {
  const Goroutine* next = victim->queue.PeekNext();
  if (next == nullptr) return nullptr;
  uint32_t tick = victim->tick.load(std::memory_order_relaxed);
  const M* holder = victim->holder.load(std::memory_order_acquire);
  int64_t cpu_ns = holder != nullptr ? CpuNs(*holder) : 0;
  for (int64_t patience_ns : {3'000, 50'000}) {
    timespec patience = {.tv_sec = 0, .tv_nsec = patience_ns};
    nanosleep(&patience, nullptr);
    if (victim->tick.load(std::memory_order_relaxed) != tick) return nullptr;
    if (holder == nullptr || CpuNs(*holder) != cpu_ns) break;
  }
  return victim->queue.StealNext(next);
}

}  // namespace

Goroutine* Scheduler::FindRunnable(M* m) {
  for (;;) {
    switch (world.load(std::memory_order_acquire)) {
      case World::kRunning:
        break;
      case World::kExiting:
        if (m->spinning) {
          EndSpin(m);
        }
        if (m->p != nullptr) {  // For who has been preempted (FinishMain).
          RawLock lock(mu);
          PutIdleP(m->p);
          m->Take(nullptr);
        }
        return nullptr;
      case World::kFrozen:
        for (;;) pause();
    }
    if (m->p == nullptr) {
      if (!WaitForP(m)) continue;
      m->p->now_ns = host::NowNs();
    }
    if (m->p->id >= procs.load(std::memory_order_relaxed)) {
      Retire(m);
      LookOnceMore(m);
      continue;
    }
    Goroutine* g = FindHere(m);
    if (g == nullptr) g = PollNetwork(m);
    if (g == nullptr && MaySpin(m)) {
      Trace(TraceKind::kSpin, 0);
      g = Steal(m);
      Trace(TraceKind::kSpinEnd, 0);
    } else if (g == nullptr && RunAllTimers(m)) {
      continue;  // What is due does not wait for those who spin.
    }
    if (g != nullptr) {
      if (m->spinning) {
        // There may be more where this came from: let another one look.
        EndSpin(m);
        WakeIfUseful();
      }
      return g;
    }
    m->timer_moved = false;  // WaitForP looks.

    // Nothing. Falling asleep, step 1:
    mu.Lock();
    if (!global.empty() || m->p->id >= procs.load(std::memory_order_relaxed)) {
      mu.Unlock();
      continue;
    }
    PutIdleP(m->p);
    m->Take(nullptr);
    mu.Unlock();
    LookOnceMore(m);
  }
}

// Falling asleep, steps 2 and 3. Those that still spin see the idle P when they
// find work, and the last one of those that do not looks.
void Scheduler::LookOnceMore(M* m) {
  if (m->spinning) EndSpin(m);
  if (spinning.load(std::memory_order_seq_cst) > 0) return;
  HeavyFence();
  if (WorkExists()) {
    RawLock lock(mu);
    m->Take(TakeIdleP());
  }
}

bool Scheduler::MaySpin(M* m) {
  if (m->spinning) return true;
  int now = spinning.load(std::memory_order_relaxed);
  do {
    // Relaxed: who falls asleep meanwhile makes no difference.
    if (2 * now >= procs.load(std::memory_order_relaxed) -
                       idle_ps.load(std::memory_order_relaxed)) {
      return false;
    }
    // Not one that comes at the same time, too.
  } while (
      !spinning.compare_exchange_weak(now, now + 1, std::memory_order_seq_cst));
  m->spinning = true;
  return true;
}

// What m's own P has, or the global queue.
Goroutine* Scheduler::FindHere(M* m) {
  P* p = m->p;
  RunTimers(m, p);
  uint32_t tick = p->tick.load(std::memory_order_relaxed);
  if (tick % kGlobalEvery == 0) {
    p->now_ns = host::NowNs();
    if (Goroutine* g = TakeGlobal(p, /*batch=*/false)) {
      p->slice_tick.store(tick, std::memory_order_relaxed);
      return g;
    }
  }
  if (Goroutine* g = PopQueue(p, tick)) return g;
  // Wherever the next one comes from, it is not from the one before.
  p->slice_tick.store(tick, std::memory_order_relaxed);
  return TakeGlobal(p, /*batch=*/true);
}

// One goroutine from the global queue to run, and with `batch` the P's share of
// the rest into its own queue.
Goroutine* Scheduler::TakeGlobal(P* p, bool batch) {
  // Relaxed: a look before the lock; whoever adds to the queue wakes somebody.
  if (global_size.load(std::memory_order_relaxed) == 0) return nullptr;
  GoroutineList overflow;
  bool more = false;
  mu.Lock();
  Goroutine* g = global.PopFront();
  if (g != nullptr && batch) {
    int64_t share =
        std::min<int64_t>(global.size() / procs.load(std::memory_order_relaxed),
                          RunQueue::kSize / 2);
    more = share > 0;
    // None that has a thread of its own: there TakeFreeM finds it.
    for (; share > 0 && global.first()->thread == nullptr; --share) {
      p->queue.PushBack(global.PopFront(), &overflow);
    }
  }
  global_size.store(global.size(), std::memory_order_relaxed);
  mu.Unlock();
  InjectList(&overflow);
  if (more) WakeIfUseful();
  return g;
}

// Half of another P's queue, which the caller's own must not have anything in.
Goroutine* Scheduler::Steal(M* m) {
  int made = ps_made.load(std::memory_order_acquire);
  for (int round = 0; round < kStealRounds; ++round) {
    bool last_round = round == kStealRounds - 1;
    if (last_round && RunAllTimers(m)) {
      bool was_next;
      if (Goroutine* g = m->p->queue.Pop(false, &was_next)) return g;
    }
    auto start = m->random.Below(static_cast<uint32_t>(made));
    for (int i = 0; i < made; ++i) {
      if (world.load(std::memory_order_relaxed) != World::kRunning) {
        return nullptr;
      }
      P* victim = ps[(start + i) % made].load(std::memory_order_acquire);
      if (victim == m->p) continue;
      Goroutine* g = victim->queue.StealInto(&m->p->queue);
      if (g == nullptr && last_round) g = StealNext(victim);
      if (g != nullptr) {
        steals.fetch_add(1, std::memory_order_relaxed);
        doze.Worthwhile();
        Trace(TraceKind::kSteal, g->id, static_cast<uint64_t>(victim->id));
        return g;
      }
    }
  }
  return nullptr;
}

bool Scheduler::WorkExists() const {
  if (global_size.load(std::memory_order_seq_cst) > 0) return true;
  int made = ps_made.load(std::memory_order_acquire);
  for (int i = 0; i < made; ++i) {
    if (!ps[i].load(std::memory_order_acquire)->queue.Empty()) return true;
  }
  int64_t next_ns = NextTimerNs();
  return next_ns != TimerHeap::kNever && next_ns <= host::NowNs();
}

// GOMAXPROCS has become lower than m's P: what it has goes to the others.
void Scheduler::Retire(M* m) {
  P* p = m->p;
  GoroutineList rest;
  bool was_next;
  while (Goroutine* g = p->queue.Pop(false, &was_next)) rest.PushBack(g);
  mu.Lock();
  m->Take(nullptr);
  PutIdleP(p);  // Which retires it, unless GOMAXPROCS was raised again.
  mu.Unlock();
  InjectList(&rest);
}

}  // namespace rt::internal
