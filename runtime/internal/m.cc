// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/m.h"

#include <cxxabi.h>
#include <sched.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <utility>

#include "runtime/internal/backtrace.h"
#include "runtime/internal/check.h"
#include "runtime/internal/death.h"
#include "runtime/internal/goexit.h"
#include "runtime/internal/sched.h"
#include "runtime/internal/traceback.h"
#include "runtime/panic.h"

namespace rt::internal {
namespace {

constinit thread_local M* current_m = nullptr;

// The first and only function on a goroutine's stack, where Goexit ends. A
// Panic is caught, so that destructors run, as Go runs deferred calls; it knows
// where it was made. An exception of another type is not: std::terminate then
// still finds the stack that threw it (D-011).
void GoroutineMain(void* arg) {
  auto* g = static_cast<Goroutine*>(arg);
  g->fiber.AfterSwitch();
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
  M* m = CurrentM();
  m->after = After::kExit;
  g->fiber.BeforeSwitch(m->fiber, /*dying=*/true);
  RtSwitchContext(&g->context, &m->context);
  __builtin_unreachable();
}

}  // namespace

M* CurrentM() {
  asm volatile("");  // Keeps two calls from being merged into one.
  return current_m;
}

void SetCurrentM(M* m) { current_m = m; }

void SwitchToM(M* m, Goroutine* g) {
  g->fiber.BeforeSwitch(m->fiber);
  RtSwitchContext(&g->context, &m->context);
  g->fiber.AfterSwitch();
  while (g->stack_request != nullptr) [[unlikely]] {
      StackRequest* request = std::exchange(g->stack_request, nullptr);
      request->size = Backtrace(request->pcs, kMaxFrames);
      g->fiber.BeforeSwitch(*request->asker_fiber);
      RtSwitchContext(&g->context, &request->asker);
      g->fiber.AfterSwitch();
    }
}

void Scheduler::Loop(M* m) {
  SetCurrentM(m);
  m->exceptions = reinterpret_cast<void**>(abi::__cxa_get_globals());
  m->fiber.AdoptThread();
  SignalStack signal_stack;
  while (Goroutine* g = FindRunnable(m)) {
    do {
      Execute(m, g);
      g = Finish(m, g);
    } while (g != nullptr);
  }
  SetCurrentM(nullptr);
}

void Scheduler::Execute(M* m, Goroutine* g) {
  g->status.store(GStatus::kRunning, std::memory_order_relaxed);
  // A dump first writes `hold`, then has the kernel fence every thread, then
  // reads the status: either we see the hold, or it sees kRunning and keeps off
  // this stack. Acquire: pairs with the release at the end of a dump.
  std::atomic_signal_fence(std::memory_order_seq_cst);
  if (hold.load(std::memory_order_acquire) != Hold::kNone) [[unlikely]] {
    WaitWhileHeld();
  }
  m->current = g;
  Bump(m->p->tick);
  if (g->stack.base == nullptr) {
    g->stack = m->p->stacks.Take();
    g->fiber.Create(g->stack.low(), g->stack.size());
    g->context = MakeContext(g->stack.low(), g->stack.size(), GoroutineMain, g);
  }
  m->exceptions[0] = g->exceptions[0];
  m->exceptions[1] = g->exceptions[1];
  m->fiber.BeforeSwitch(g->fiber);
  RtSwitchContext(&m->context, &g->context);
  m->fiber.AfterSwitch();
  g->exceptions[0] = m->exceptions[0];
  g->exceptions[1] = m->exceptions[1];
  m->current = nullptr;
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

Goroutine* Scheduler::Finish(M* m, Goroutine* g) {
  switch (m->after) {
    case After::kPark: {
      host::ParkCommit commit = m->commit;
      // Release: a dump that sees it finds the saved context.
      g->status.store(GStatus::kWaiting, std::memory_order_release);
      // As soon as commit has released its lock, *g belongs to the waker.
      if (commit == nullptr || commit(g, m->commit_arg)) return nullptr;
      return g;
    }
    case After::kYield: {
      g->status.store(GStatus::kRunnable, std::memory_order_release);
      GoroutineList overflow;
      m->p->queue.PushBack(g, &overflow);
      InjectList(&overflow);
      return nullptr;
    }
    case After::kExit: {
      bool main = g->id == 1 && !main_exited;
      g->status.store(GStatus::kDead, std::memory_order_relaxed);
      g->fiber.Destroy();
      P* p = m->p;
      p->stacks.Give(std::exchange(g->stack, Stack{}));
      Bump(p->finished);
      g->status.store(GStatus::kIdle, std::memory_order_relaxed);
      p->free.PushFront(g);
      constexpr int64_t kFreeMax = 64;
      if (p->free.size() > kFreeMax) {
        GoroutinePool::Get().Give(&p->free, kFreeMax / 2);
      }
      if (main) FinishMain(m);
      return nullptr;
    }
    case After::kExitBlocking:
      g->status.store(GStatus::kRunnable, std::memory_order_release);
      Inject(g);
      return nullptr;
    case After::kDie:
      Die(*m->death);
  }
  __builtin_unreachable();
}

bool Scheduler::AnyInSyscall() {
  RawLock lock(mu);
  for (M* m = all_ms; m != nullptr; m = m->all_next) {
    if (m->in_syscall.load(std::memory_order_relaxed)) return true;
  }
  return false;
}

// The main goroutine has returned. Everybody else leaves its loop as soon as
// its goroutine switches away; those that do not in time keep the process from
// an orderly end, so it gets another one.
void Scheduler::FinishMain(M* m) {
  constexpr int64_t kGraceNs = 100'000'000;
  world.store(World::kExiting, std::memory_order_seq_cst);
  mu.Lock();
  int others = total_ms - 1;
  for (M* other = all_ms; other != nullptr; other = other->all_next) {
    if (other != m) other->parker.Wake();
  }
  if (timer_m != nullptr) WakeTimerM();
  mu.Unlock();
  int64_t deadline_ns = MonotonicNs() + kGraceNs;
  while (stopped_ms.load(std::memory_order_acquire) < others) {
    // Somebody in a system call may stay there for hours: do not wait for it.
    if (AnyInSyscall() ||
        (!stopped.Sleep(deadline_ns) &&
         stopped_ms.load(std::memory_order_acquire) < others)) {
      std::cout.flush();
      std::fflush(stdout);
      ExitNow(0);
    }
  }
}

}  // namespace rt::internal
