// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/sched.h"

#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <cstdint>
#include <utility>

#include "runtime/internal/death.h"
#include "runtime/internal/host.h"
#include "runtime/internal/netpoll.h"
#include "runtime/internal/no_preempt.h"
#include "runtime/internal/preempt.h"
#include "runtime/internal/sema.h"
#include "runtime/internal/tracer.h"

namespace rt::internal {
namespace {

std::atomic<Scheduler*> active{nullptr};

}  // namespace

Scheduler* ActiveScheduler() { return active.load(std::memory_order_acquire); }

void Scheduler::Claim() {
  Scheduler* none = nullptr;
  if (!active.compare_exchange_strong(none, this)) {
    host::Fatal("rt::Run called while another rt::Run is running");
  }
}

void Scheduler::Run(absl::AnyInvocable<void() &&> main, int max_procs) {
  InstallHandlers();
  InstallPreemption();
  pthread_sigmask(SIG_SETMASK, nullptr, &signal_mask);
  auto* m = new M(this, /*id=*/0);
  {
    RawLock lock(mu);
    m->thread = pthread_self();
    m->started = true;
    all_ms = m;
    total_ms = next_m_id = 1;
  }
  // With one P first, so that nobody is woken to take main away.
  SetProcs(1);
  {
    RawLock lock(mu);
    m->Take(TakeIdleP());
  }
  SetCurrentM(m);
  Spawn(std::move(main), nullptr);
  SetProcs(max_procs);
  thread_maker.Start();
  sysmon.Start();
  Loop(m);
  stopped_ms.fetch_add(1, std::memory_order_release);
  stopped.Wake();
  sysmon.Stop();
  thread_maker.Stop();

  mu.Lock();
  M* ms = all_ms;
  mu.Unlock();
  for (M* other = ms; other != nullptr; other = other->all_next) {
    if (other == m) continue;
    pthread_join(other->thread, nullptr);
  }
  // Not before all have ended: one of them is in FinishMain, and looks at all.
  while (ms != nullptr) delete std::exchange(ms, ms->all_next);
  ResetSemaQueues();
  Netpoll::Get().Reset();
  active.store(nullptr, std::memory_order_release);
}

Scheduler::~Scheduler() {
  for (int i = 0; i < ps_made.load(std::memory_order_relaxed); ++i) {
    P* p = ps[i].load(std::memory_order_relaxed);
    p->timers.Clear();
    p->stacks.GiveAll();
    p->free.GiveAll();
    delete p;
  }
  // Goroutines that did not end stay as they are, their stacks and closures,
  // too; only dumps must not take them for the next Run's.
  GoroutinePool::Get().ForEach([](Goroutine* g) {
    g->status.store(GStatus::kIdle, std::memory_order_relaxed);
  });
}

void Scheduler::Spawn(absl::AnyInvocable<void() &&>&& task,
                      const void* created_by_pc) {
  M* m = CurrentM();
  EnterNoPreempt();
  P* p = m != nullptr ? m->p : nullptr;
  Goroutine* g;
  if (p != nullptr) {
    g = p->free.Take();
    if (p->next_id == p->end_id) {
      constexpr uint64_t kIds = 16;
      p->next_id = next_id.fetch_add(kIds, std::memory_order_relaxed);
      p->end_id = p->next_id + kIds;
    }
    g->id = p->next_id++;
    Bump(p->started);
  } else {
    FreeGoroutines some = GoroutinePool::Get().Take();
    g = some.Pop();
    GoroutinePool::Get().Give(some);
    g->id = next_id.fetch_add(1, std::memory_order_relaxed);
    started_outside.fetch_add(1, std::memory_order_relaxed);
  }
  LeaveNoPreempt();
  G* parent = host::CurrentG();
  g->parent_id = parent != nullptr ? parent->id : 0;
  g->created_by_pc = created_by_pc;
  g->wait_reason = WaitReason::kNone;
  g->wait_object = nullptr;
  g->wait_lock = nullptr;
  g->thread = nullptr;
  g->thread_locks = 0;
  g->task = std::move(task);
  Trace(TraceKind::kSpawn, g->id, reinterpret_cast<uint64_t>(created_by_pc));
  host::Ready(g);
  WakeIfUseful();  // Who starts a goroutine means to go on itself.
}

int Scheduler::NumGoroutines() const {
  int64_t count = started_outside.load(std::memory_order_relaxed);
  int made = ps_made.load(std::memory_order_acquire);
  // First all that have finished: a goroutine that moves on between the two
  // loops is then counted rather than missed.
  for (int i = 0; i < made; ++i) {
    count -= ps[i]
                 .load(std::memory_order_relaxed)
                 ->finished.load(std::memory_order_acquire);
  }
  for (int i = 0; i < made; ++i) {
    count += ps[i]
                 .load(std::memory_order_relaxed)
                 ->started.load(std::memory_order_acquire);
  }
  return static_cast<int>(count);
}

}  // namespace rt::internal
