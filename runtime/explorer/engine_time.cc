// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The virtual clock (E3): who sleeps, and timers.

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "runtime/explorer/engine.h"
#include "runtime/internal/backtrace.h"
#include "runtime/internal/timer.h"

namespace rt::explorer {

bool Engine::AdvanceClock() {
  if (sleeping_ == 0 || ProgramIsOver()) return false;
  auto spins = [](const auto& g) { return g->spinning; };
  if (options_.refuse_polling &&
      std::any_of(goroutines_.begin(),
                  goroutines_.begin() + static_cast<ptrdiff_t>(count_),
                  spins)) {
    Fail(Verdict::kLivelock,
         "a goroutine asks again and again instead of sleeping");
    return false;
  }
  int64_t next = INT64_MAX;
  bool awaited = false;
  for (size_t i = 0; i < count_; ++i) {
    const Goroutine& g = *goroutines_[i];
    if (g.state == GoroutineState::kSleeping) {
      next = std::min(next, g.wake_ns);
      awaited |= g.timer == nullptr || g.timer->idle == nullptr ||
                 !g.timer->idle(g.timer);
    } else if (g.state == GoroutineState::kAtOp) {  // Passed over: it polls.
      awaited |= g.Enabled();
    }
  }
  // A ticker that nobody listens to ticks for ever, and keeps nobody alive.
  if (!awaited) return false;
  now_ns_ = std::max(now_ns_, next);
  if (options_.max_virtual_ns > 0 && now_ns_ > options_.max_virtual_ns) {
    Fail(Verdict::kSlow, "");
    return false;
  }
  for (size_t i = 0; i < count_; ++i) {
    Goroutine& g = *goroutines_[i];
    g.yields = 0;
    if (g.state != GoroutineState::kSleeping || g.wake_ns > next) continue;
    if (g.timer != nullptr) {
      --sleeping_;
      TimerIsDue(g);
      strategy_->OnTimeAdvance(g.index);
      continue;
    }
    g.state = GoroutineState::kReady;
    --sleeping_;
    ready_.push_back(&g);
    strategy_->OnTimeAdvance(g.index);
  }
  return true;
}

void Engine::Sleep(int64_t ns) {
  MayWait(internal::WaitReasonText(internal::WaitReason::kSleep));
  Goroutine& g = *current_;
  EngineScope scope;
  g.left_at = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  g.wake_ns = ns > INT64_MAX - now_ns_ ? INT64_MAX : now_ns_ + ns;
  g.wait_reason = internal::WaitReason::kSleep;
  g.state = GoroutineState::kSleeping;
  ++sleeping_;
  g.last_load_pc = nullptr;
  g.reads.clear();  // Time passes: reading again is not spinning.
  g.fruitless = 0;
  if (options_.recording != nullptr) RecordPlace(g);
  Reschedule();
  g.wait_reason = internal::WaitReason::kNone;
}

// A timer's calls are made by a goroutine of its own, so that the moment of
// each is a choice and happens-before knows what came before it. It has no part
// in what the code under test can count or wait for.
void Engine::StartTimer(internal::Timer* timer, int64_t when_ns,
                        int64_t period_ns) {
  EngineScope scope;
  auto* g =
      static_cast<Goroutine*>(timer->home.load(std::memory_order_relaxed));
  if (g == nullptr) {
    g = &NewGoroutine();
    --live_;
    g->timer = timer;
    g->parent_id = current_->id;
    races_.OnSpawn(current_->index, g->index);
    strategy_->OnSpawn(current_->index, g->index);
    timer->home.store(g, std::memory_order_relaxed);
  } else {
    StopTimer(timer);
    races_.Release(current_->index, timer);
    races_.Acquire(g->index, timer);
    strategy_->OnReady(current_->index, g->index);
  }
  timer->period_ns = period_ns;
  if (options_.recording != nullptr) {
    g->created_at = g->op_stack = internal::Backtrace();
  }
  ArmTimer(*g, when_ns);
}

bool Engine::StopTimer(internal::Timer* timer) {
  auto* g =
      static_cast<Goroutine*>(timer->home.load(std::memory_order_relaxed));
  if (g == nullptr) return false;
  bool was_armed = g->state == GoroutineState::kSleeping ||
                   g->state == GoroutineState::kAtOp;
  if (g->state == GoroutineState::kSleeping) --sleeping_;
  if (g->state == GoroutineState::kAtOp) {
    EngineScope scope;
    strategy_->OnCancel({g->index, g->pending});
  }
  g->state = GoroutineState::kWaiting;
  return was_armed;
}

void Engine::ArmTimer(Goroutine& g, int64_t when_ns) {
  g.wake_ns = when_ns;
  if (when_ns <= now_ns_) {
    TimerIsDue(g);
  } else {
    g.state = GoroutineState::kSleeping;
    ++sleeping_;
  }
}

void Engine::TimerIsDue(Goroutine& g) {
  g.state = GoroutineState::kAtOp;
  g.pending = {OpKind::kTimerFire, g.timer->object};
}

// The body of a timer's goroutine: resumed each time that the call is chosen.
void Engine::RunTimer(Goroutine& g) {
  for (;;) {
    if (options_.recording != nullptr) {
      RecordStep(Recording::Kind::kOperation, 0);
    }
    NoteWrite(g.pending.object);
    g.op_depth = 1;  // What the call does is part of this one operation.
    mode = Mode::kPrimitive;
    g.timer->fire(g.timer, now_ns_);
    mode = Mode::kEngine;
    g.op_depth = 0;
    int64_t next_ns;
    if (g.timer->period_ns > 0 &&
        !__builtin_add_overflow(g.wake_ns, g.timer->period_ns, &next_ns)) {
      ArmTimer(g, next_ns);
    } else {
      g.state = GoroutineState::kWaiting;
    }
    Reschedule();
  }
}

}  // namespace rt::explorer
