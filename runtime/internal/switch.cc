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
[[gnu::always_inline]] inline Goroutine* ChooseNext(M* m) {
  Scheduler* scheduler = m->scheduler;
  uint32_t tick = m->p->tick.load(std::memory_order_relaxed);
  if (!scheduler->QueueDecides(m, tick)) return nullptr;
  Goroutine* next = scheduler->PopQueue(m->p, tick);
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
[[gnu::always_inline]] inline void TakeOver(M* m, Goroutine* g,
                                            Exceptions exceptions = {}) {
  Scheduler* scheduler = m->scheduler;
  if (Goroutine* left = std::exchange(m->current, g)) {
    Goroutine* again = scheduler->Finish(m, left);
    if (again != nullptr) host::Ready(again);
    if (m->timer_moved) scheduler->TellTimerMoved(m);
  }
  SetCurrentGoroutineId(g->id);
  Trace(TraceKind::kStart, g->id);
  *m->exceptions = exceptions;
  Bump(m->p->tick);
  SetPinned(0);
}

// g was not resumed to run: a dump wants to know where it is.
[[gnu::noinline]] void Answer(Goroutine* g) {
  StackRequest* request = std::exchange(g->stack_request, nullptr);
  request->size = Backtrace(request->pcs, kMaxFrames);
  g->fiber.BeforeSwitch(*request->asker_fiber);
  RtSwitchContext(&g->context, &request->asker, /*same_call=*/false);
  g->fiber.AfterSwitch();
}

}  // namespace

void SwitchAway(M* m, Goroutine* g, bool choose) {
  Goroutine* next = choose ? ChooseNext(m) : nullptr;
  const Fiber* to_fiber = &m->fiber;
  const Context* to = &m->context;
  bool same_call = false;
  if (next != nullptr) {
    same_call = next->stack.base != nullptr;
    if (!same_call) m->scheduler->GiveStack(m, next);
    to_fiber = &next->fiber;
    to = &next->context;
  }
  Exceptions exceptions = *m->exceptions;
  g->fiber.BeforeSwitch(*to_fiber);
  // All goroutines that switch away do it by this call (context_switch.h).
  RtSwitchContext(&g->context, to, same_call);
  g->fiber.AfterSwitch();
  while (g->stack_request != nullptr) [[unlikely]] Answer(g);
  TakeOver(CurrentM(), g, exceptions);
}

void Arrive(Goroutine* g) {
  g->fiber.AfterSwitch();
  TakeOver(CurrentM(), g);
}

Departure LeaveForGood(Goroutine* g) {
  SetPinned(1);
  M* m = CurrentM();
  m->after = After::kExit;
  // What follows on main is more than an exit.
  Goroutine* next = g->id == 1 ? nullptr : ChooseNext(m);
  if (next != nullptr && next->stack.base == nullptr) {
    next->stack = std::exchange(g->stack, Stack{});
    next->fiber = std::exchange(g->fiber, Fiber{});
    TakeOver(m, next);
    return {next, nullptr};
  }
  const Fiber& to_fiber = next != nullptr ? next->fiber : m->fiber;
  const Context* to = next != nullptr ? &next->context : &m->context;
  g->fiber.BeforeSwitch(to_fiber, /*dying=*/true);
  // ThreadSanitizer counts the calls and returns of each fiber: no return any
  // more.
  if (kTsan) RtSwitchContext(&g->context, to, /*same_call=*/false);
  return {nullptr, to};
}

}  // namespace rt::internal
