// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// How many M's there are, and P's.

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <utility>

#include "runtime/internal/sched.h"
#include "runtime/internal/tracer.h"

namespace rt::internal {

M* Scheduler::NewM() {
  auto* m = new M(this, next_m_id++);
  m->all_next = all_ms;
  all_ms = m;
  ++total_ms;
  return m;
}

void Scheduler::ForgetM(M* m) {
  M** at = &all_ms;
  while (*at != m) at = &(*at)->all_next;
  *at = m->all_next;
  --total_ms;
  delete m;
}

int Scheduler::SetProcs(int n) {
  mu.Lock();
  int before = procs.load(std::memory_order_relaxed);
  if (n > 0) {
    n = std::min(n, kMaxProcs);
    for (int i = ps_made.load(std::memory_order_relaxed); i < n; ++i) {
      // Release: publishes the P; pairs with the acquire in Steal.
      ps[i].store(new P(i), std::memory_order_release);
      ps_made.store(i + 1, std::memory_order_release);
    }
    procs.store(n, std::memory_order_relaxed);
    Trace(TraceKind::kProcs, 0, static_cast<uint64_t>(n));
    // Idle ones that are now too many retire; retired ones come back. Those
    // that run retire when their M's next look for work.
    P* idle = std::exchange(idle_p, nullptr);
    idle_ps.store(0, std::memory_order_seq_cst);
    for (P* p = idle; p != nullptr; p = p->idle_next) {
      p->status.store(PStatus::kRetired, std::memory_order_relaxed);
      if (p->id >= n) p->timers.Retire(&TimersOf(0));
    }
    for (int i = n - 1; i >= 0; --i) {  // The lowest number on top.
      P* p = ps[i].load(std::memory_order_relaxed);
      if (p->status.load(std::memory_order_relaxed) == PStatus::kRetired) {
        p->timers.Retire(nullptr);
        PutIdleP(p);
      }
    }
  }
  mu.Unlock();
  return before;
}

}  // namespace rt::internal
