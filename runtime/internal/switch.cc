// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/switch.h"

#include <utility>

#include "runtime/internal/backtrace.h"
#include "runtime/internal/choose.h"
#include "runtime/internal/host.h"
#include "runtime/internal/lock_owner.h"
#include "runtime/internal/no_preempt.h"
#include "runtime/internal/sched.h"
#include "runtime/internal/traceback.h"
#include "runtime/internal/tracer.h"

namespace rt::internal {
namespace {

// The next goroutine, if the queue alone decides and it can run here and now;
// else null, and the M has to see to it.
Goroutine* ChooseNext(M* m) {
  Scheduler* scheduler = m->scheduler;
  if (!scheduler->QueueDecides(m)) return nullptr;
  Goroutine* next = scheduler->PopQueue(m->p);
  if (next == nullptr) return nullptr;
  // A lock that the goroutine parks with is held until the next one arrives: no
  // time to map a stack.
  bool here = next->thread == nullptr &&
              (next->stack.base != nullptr || m->p->stacks.HasOne());
  if (!here || !scheduler->MayRun(next)) [[unlikely]] {
    m->chosen = next;
    return nullptr;
  }
  return next;
}

// g runs on m from here on. If it was not the M that switched to it, it does
// for the goroutine that left what that asked for.
void TakeOver(M* m, Goroutine* g) {
  Scheduler* scheduler = m->scheduler;
  if (Goroutine* left = std::exchange(m->current, g)) {
    Goroutine* again = scheduler->Finish(m, left);
    if (again != nullptr) host::Ready(again);
    if (m->timer_moved) scheduler->TellTimerMoved(m);
  }
  SetCurrentGoroutineId(g->id);
  Trace(TraceKind::kStart, g->id);
  m->exceptions[0] = g->exceptions[0];
  m->exceptions[1] = g->exceptions[1];
  Bump(m->p->tick);
  SetPinned(0);
}

// g runs again, or a dump wants to know where it is.
void Return(Goroutine* g) {
  g->fiber.AfterSwitch();
  while (g->stack_request != nullptr) [[unlikely]] {
      StackRequest* request = std::exchange(g->stack_request, nullptr);
      request->size = Backtrace(request->pcs, kMaxFrames);
      g->fiber.BeforeSwitch(*request->asker_fiber);
      RtSwitchContext(&g->context, &request->asker);
      g->fiber.AfterSwitch();
    }
  TakeOver(CurrentM(), g);
}

void SaveExceptions(const M* m, Goroutine* g) {
  g->exceptions[0] = m->exceptions[0];
  g->exceptions[1] = m->exceptions[1];
}

}  // namespace

void SwitchToM(M* m, Goroutine* g) {
  SaveExceptions(m, g);
  g->fiber.BeforeSwitch(m->fiber);
  RtSwitchContext(&g->context, &m->context);
  Return(g);
}

void SwitchAway(M* m, Goroutine* g) {
  Goroutine* next = ChooseNext(m);
  if (next == nullptr) {
    SwitchToM(m, g);
    return;
  }
  if (next->stack.base == nullptr) m->scheduler->GiveStack(m, next);
  SaveExceptions(m, g);
  g->fiber.BeforeSwitch(next->fiber);
  RtSwitchContext(&g->context, &next->context);
  Return(g);
}

void Arrive(Goroutine* g) {
  g->fiber.AfterSwitch();
  TakeOver(CurrentM(), g);
}

Goroutine* LeaveForGood(Goroutine* g) {
  SetPinned(1);
  M* m = CurrentM();
  m->after = After::kExit;
  // What follows on main is more than an exit.
  Goroutine* next = g->id == 1 ? nullptr : ChooseNext(m);
  if (next != nullptr && next->stack.base == nullptr) {
    next->stack = std::exchange(g->stack, Stack{});
    next->fiber = std::exchange(g->fiber, Fiber{});
    TakeOver(m, next);
    return next;
  }
  const Fiber& to_fiber = next != nullptr ? next->fiber : m->fiber;
  const Context& to = next != nullptr ? next->context : m->context;
  g->fiber.BeforeSwitch(to_fiber, /*dying=*/true);
  RtSwitchContext(&g->context, &to);
  __builtin_unreachable();
}

}  // namespace rt::internal
