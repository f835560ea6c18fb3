// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// System calls: what becomes of the P of a goroutine that blocks its thread.
//
// A P with nothing in its queue becomes idle at once: whoever makes work next
// finds it. One with goroutines waiting is left behind in the status kSyscall,
// since the call may be over in an instant: sysmon takes it when the call lasts
// for 20 µs. On return: the same P if nobody has it, else another idle one,
// else the goroutine waits its turn on the global queue.
//
// After Go's entersyscall and exitsyscall (runtime/proc.go); there a P is kept
// either way, and found by whoever has work only 10 ms later.

#include <atomic>

#include "runtime/internal/host.h"
#include "runtime/internal/no_preempt.h"
#include "runtime/internal/sched.h"
#include "runtime/internal/switch.h"
#include "runtime/internal/tracer.h"

namespace rt::internal::host {

void EnterBlocking() {
  M* m = MustHaveGoroutine("rt::Blocking");
  if (m->p == nullptr) {  // Inside of another one: it has given the P up.
    ++m->syscall_depth;
    return;
  }
  NoPreempt region;
  Trace(TraceKind::kSyscallEnter, m->current->id);
  m->current->wait_since_ns = m->p->now_ns;
  m->current->status.store(GStatus::kSyscall, std::memory_order_release);
  m->in_syscall.store(true, std::memory_order_relaxed);
  P* p = m->syscall_p = m->p;
  m->Take(nullptr);
  Bump(p->syscall_tick);
  if (p->queue.Empty()) {
    m->scheduler->HandOff(p);
    return;
  }
  // Sequentially consistent, and before the look at sysmon: either that is seen
  // to sleep, or it sees the P before it goes to sleep. Also a release of what
  // is the holder's in *p; pairs with Retake.
  p->status.store(PStatus::kSyscall, std::memory_order_seq_cst);
  m->scheduler->sysmon.Hurry();
}

void ExitBlocking() {
  M* m = CurrentM();
  if (m->syscall_depth > 0) {
    --m->syscall_depth;
    return;
  }
  Scheduler* scheduler = m->scheduler;
  {
    NoPreempt region;
    P* p = m->syscall_p;
    if (!p->Retake()) {
      RawLock lock(scheduler->mu);
      p = scheduler->TakeIdleP(p);
      if (p != nullptr) p->now_ns = NowNs();
    }
    m->Take(p);
    Trace(TraceKind::kSyscallExit, m->current->id);
    m->in_syscall.store(false, std::memory_order_relaxed);
    if (p != nullptr) {
      if (p != m->syscall_p) {
        scheduler->syscall_other_p.fetch_add(1, std::memory_order_relaxed);
      }
      m->current->status.store(GStatus::kRunning, std::memory_order_relaxed);
      return;
    }
  }
  scheduler->syscall_queued.fetch_add(1, std::memory_order_relaxed);
  SetPinned(1);
  m->after = After::kExitBlocking;
  SwitchToM(m, m->current);
}

}  // namespace rt::internal::host
