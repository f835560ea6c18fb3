// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Goroutines that are locked to their thread: while one does not run, its
// thread runs nothing else; whoever takes it from a queue passes its P on to
// that thread (Scheduler::PassOn).

#include "runtime/internal/host.h"
#include "runtime/internal/no_preempt.h"
#include "runtime/internal/sched.h"

namespace rt::internal::host {

void LockThread() {
  M* m = MustHaveGoroutine("rt::LockOSThread");
  // The handler decides by `thread_locks` whether the goroutine stays bound.
  NoPreempt region;
  Goroutine* g = m->current;
  ++g->thread_locks;
  g->thread = m;
  m->locked = g;
}

void UnlockThread() {
  M* m = MustHaveGoroutine("rt::UnlockOSThread");
  NoPreempt region;
  Goroutine* g = m->current;
  if (g->thread_locks == 0 || --g->thread_locks > 0) return;
  g->thread = nullptr;
  m->locked = nullptr;
}

}  // namespace rt::internal::host
