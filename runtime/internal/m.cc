// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/m.h"

#include <cxxabi.h>
#include <sched.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <utility>

#include "runtime/internal/check.h"
#include "runtime/internal/choose.h"
#include "runtime/internal/cpu_profile.h"
#include "runtime/internal/death.h"
#include "runtime/internal/fault.h"
#include "runtime/internal/goexit.h"
#include "runtime/internal/lock_owner.h"
#include "runtime/internal/no_preempt.h"
#include "runtime/internal/sched.h"
#include "runtime/internal/switch.h"
#include "runtime/internal/traceback.h"
#include "runtime/internal/tracer.h"
#include "runtime/panic.h"

namespace rt::internal {
namespace {

// The first and only function on a stack, where Goexit ends; when its goroutine
// has ended, it runs the next one that has no stack yet. A Panic is caught, so
// that destructors run, as Go runs deferred calls; it knows where it was made.
// An exception of another type is not: std::terminate then still finds the
// stack that threw it (D-011).
// A forced unwinding has no exception object, so the reference that catches it
// is to nothing, which UndefinedBehaviorSanitizer must not mind.
__attribute__((no_sanitize("null"))) const Context* GoroutineMain(void* arg) {
  auto* g = static_cast<Goroutine*>(arg);
  Arrive(g);
  for (;;) {
    try {
      std::move(g->task)();
    } catch (const Panic&) {
      DiePanic();
    } catch (const abi::__forced_unwind&) {
      if (!ArriveAtFoot(g)) throw;
      // The others go on without it.
      if (g->id == 1) CurrentM()->scheduler->main_exited = true;
    }
    g->task = nullptr;  // Here, since the closure's destructors may block.
    Departure departure = LeaveForGood(g);
    g = departure.here;
    if (g == nullptr) return departure.to;
  }
}

}  // namespace

extern "C" {
constinit thread_local M* rt_current_m = nullptr;
}

void SetCurrentM(M* m) { rt_current_m = m; }

void Scheduler::Loop(M* m) {
  SetCurrentM(m);
  SetPinned(1);  // But while a goroutine runs.
  m->exceptions = reinterpret_cast<Exceptions*>(abi::__cxa_get_globals());
  m->fiber.AdoptThread();
  m->tid.store(gettid(), std::memory_order_relaxed);
  // Timers to the microsecond: the kernel's default adds up to 50.
  prctl(PR_SET_TIMERSLACK, 1);
  ReachableThreadStack reachable;
  SignalStack signal_stack;
  CpuProfiledThread profiled;
  while (!m->doomed) {
    Goroutine* g = std::exchange(m->chosen, nullptr);
    if (m->locked != nullptr) {
      if (!WaitForLocked(m)) break;
      g = m->locked;
    } else {
      if (g == nullptr) g = FindRunnable(m);
      if (g == nullptr) break;
      if (m->timer_moved) TellTimerMoved(m);
      if (g->thread != nullptr) {
        PassOn(m, g);
        continue;
      }
    }
    do {
      g = Finish(m, Execute(m, g));
      if (g != nullptr && m->chosen != nullptr) {  // After whom it chose.
        host::Ready(std::exchange(g, nullptr));
      }
    } while (g != nullptr);
  }
  if (m->doomed) EndThread(m);
  SetPinned(0);
  SetCurrentM(nullptr);
}

bool Scheduler::WaitForLocked(M* m) {
  if (P* p = m->p) {
    m->Take(nullptr);
    HandOff(p);
    if (std::exchange(m->timer_moved, false)) TimerMoved(p->timers.NextNs());
  }
  RawLock lock(mu);
  while (world.load(std::memory_order_relaxed) == World::kRunning) {
    if (m->next_p != nullptr) {
      TakeAssignment(m);
      return true;
    }
    SleepIdle(m, /*may_doze=*/false);
  }
  return false;
}

void Scheduler::EndThread(M* m) {
  P* p = m->p;
  m->Take(nullptr);
  HandOff(p);
  RawLock lock(mu);
  ++ended_ms;
  // All others may be asleep: let one of them see it.
  if (idle_m != nullptr) idle_m->parker.Wake();
}

void Scheduler::BeginToRun(Goroutine* g) {
  while (!MayRun(g)) {
    // Release: it does not run, and the dump may ask it for its stack.
    g->status.store(GStatus::kRunnable, std::memory_order_release);
    WaitWhileHeld();
  }
}

void Scheduler::GiveStack(M* m, Goroutine* g) {
  g->stack = m->p->stacks.Take();
  g->fiber.Create(g->stack.low(), g->stack.size());
  g->context = MakeContext(g->stack.low(), g->stack.size(), GoroutineMain, g);
}

Goroutine* Scheduler::Execute(M* m, Goroutine* g) {
  BeginToRun(g);
  if (g->stack.base == nullptr) GiveStack(m, g);
  m->fiber.BeforeSwitch(g->fiber);
  RtSwitchContext(&m->context, &g->context, /*same_call=*/false);
  m->fiber.AfterSwitch();
  SetCurrentGoroutineId(0);
  return std::exchange(m->current, nullptr);
}

void Scheduler::WaitWhileHeld() {
  for (;;) {
    switch (hold.load(std::memory_order_acquire)) {
      case Hold::kNone:
        return;
      case Hold::kPaused:
        sched_yield();
        break;
      case Hold::kFrozen:
        pause();
        break;
    }
  }
}

void Scheduler::FinishForGood(M* m, Goroutine* g) {
  switch (m->after) {
    case After::kPark:
    case After::kYield:
      break;  // In Finish.
    case After::kExit: {
      TraceStop(g, StopReason::kExit);
      bool main = g->id == 1 && !main_exited;
      if (m->locked != nullptr) {
        // As in Go: what it did to the thread, which is why it was locked, must
        // not meet other goroutines. Run's own thread has to go on.
        m->locked = nullptr;
        m->doomed = m->id != 0 && !main;
      }
      g->status.store(GStatus::kDead, std::memory_order_relaxed);
      P* p = m->p;
      if (g->stack.base != nullptr) {  // Else the next goroutine has it.
        g->fiber.Destroy();
        p->stacks.Give(std::exchange(g->stack, Stack{}));
      }
      Bump(p->finished);
      g->status.store(GStatus::kIdle, std::memory_order_relaxed);
      p->free.Give(g);
      if (main) FinishMain(m);
      return;
    }
    case After::kExitBlocking:
      g->status.store(GStatus::kRunnable, std::memory_order_release);
      Inject(g);
      return;
    case After::kDie:
      Die(*m->death);
  }
  __builtin_unreachable();
}

}  // namespace rt::internal
