// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// From one operation of a goroutine to the next (E1): what it is about to do,
// waiting and waking.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/explorer/engine.h"
#include "runtime/internal/backtrace.h"
#include "runtime/internal/g.h"

namespace rt::explorer {
namespace {

// Null is no object.
void AppendOnce(std::vector<const void*>& objects, const void* object) {
  if (object == nullptr) return;
  if (std::find(objects.begin(), objects.end(), object) == objects.end()) {
    objects.push_back(object);
  }
}

// What those wait for that happen only when a predicate holds.
internal::WaitReason WaitOf(OpKind kind) {
  switch (kind) {
    case OpKind::kMutexLock:
      return internal::WaitReason::kMutexLock;
    case OpKind::kRWMutexRLock:
      return internal::WaitReason::kRWMutexRLock;
    case OpKind::kRWMutexLock:
    case OpKind::kRWMutexDrain:
      return internal::WaitReason::kRWMutexLock;
    case OpKind::kWaitGroupWait:
      return internal::WaitReason::kWaitGroupWait;
    case OpKind::kOnceDo:
      return internal::WaitReason::kOnceDo;
    default:
      return internal::WaitReason::kNone;
  }
}

// False if g does not have it.
bool DropLock(Goroutine& g, const void* lock) {
  for (size_t i = g.held.size(); i-- > 0;) {
    if (g.held[i].object != lock) continue;
    g.held.erase(g.held.begin() + static_cast<ptrdiff_t>(i));
    return true;
  }
  return false;
}

}  // namespace

void Engine::OpBegin(OpKind kind, const void* object,
                     internal::host::OpEnabled enabled, const void* arg,
                     const void* frame) {
  if (current_->op_depth++ > 0) return;
  mode = Mode::kEngine;
  BeginOperation({kind, object}, enabled, arg, frame);
}

void Engine::OpBegin(OpKind kind, internal::host::ObjectList objects,
                     internal::host::OpEnabled enabled, const void* arg,
                     const void* frame) {
  Goroutine& g = *current_;
  if (g.op_depth++ > 0) return;
  mode = Mode::kEngine;
  g.objects.clear();
  const auto* at = static_cast<const std::byte*>(objects.first);
  for (size_t i = 0; i < objects.count; ++i, at += objects.stride) {
    const void* object;
    std::memcpy(&object, at, sizeof(object));
    AppendOnce(g.objects, object);
  }
  if (g.objects.empty()) g.objects.push_back(nullptr);
  Operation op{kind, g.objects[0]};
  op.others = std::span(g.objects).subspan(1);
  BeginOperation(op, enabled, arg, frame);
}

void Engine::BeginOperation(const Operation& op,
                            internal::host::OpEnabled enabled, const void* arg,
                            const void* frame) {
  Goroutine& g = *current_;
  g.left_at = reinterpret_cast<uintptr_t>(frame);
  g.pending = op;
  g.only_looked = false;
  g.last_load_pc = nullptr;
  g.enabled = enabled;
  g.enabled_arg = arg;
  g.state = GoroutineState::kAtOp;
  if (g.spinning && LeavesLoop(g, op)) StopSpinning(g);
  g.yields = op.kind == OpKind::kGosched ? g.yields + 1 : 0;
  if (options_.recording != nullptr) RecordPlace(g);
  Reschedule();
  ++g.operations;
  if (g.blocking > 0 && enabled != nullptr && !enabled(arg)) {
    MayWait(internal::WaitReasonText(WaitOf(op.kind)));
  }
  g.enabled = nullptr;
  if (GivesLock(op.kind)) NotHeld(op.object);
  if (options_.recording != nullptr) RecordStep(Recording::Kind::kOperation, 0);
  // Atomic accesses tell themselves what they read and wrote, and a select may
  // turn out to write nothing.
  if (!IsAtomic(op.kind) && !MayOnlyLook(op.kind)) NoteWrite(op.object);
  mode = Mode::kPrimitive;
}

bool Engine::IsHeld(const void* lock) const {
  for (size_t i = 0; i < count_; ++i) {
    for (const HeldLock& held : goroutines_[i]->held) {
      if (held.object == lock) return true;
    }
  }
  return false;
}

void Engine::NotHeld(const void* lock) {
  if (DropLock(*current_, lock)) return;
  // Another one took it: a lock belongs to nobody in particular.
  for (size_t i = 0; i < count_; ++i) {
    if (DropLock(*goroutines_[i], lock)) return;
  }
}

void Engine::OpEnd() {
  Goroutine& g = *current_;
  if (--g.op_depth > 0) return;
  if (MayOnlyLook(g.pending.kind) && !g.only_looked) {
    EngineScope scope;
    ForEachObject(g.pending, [this](const void* object) { NoteWrite(object); });
  }
  mode = Mode::kUser;
}

Operation Engine::Effect(Goroutine& g) {
  if (g.enabled != nullptr && g.blocking > 0) {
    // Always enabled, in any order with all others: as a TryLock.
    return {OpKind::kMutexTryLock, g.pending.object};
  }
  if (waiting_selects_.empty()) return g.pending;
  g.touched.clear();
  ForEachObject(g.pending,
                [&](const void* object) { AppendOnce(g.touched, object); });
  for (const Goroutine* select : waiting_selects_) {
    bool may_complete = false;
    ForEachObject(g.pending, [&](const void* object) {
      if (Touches(select->pending, object)) may_complete = true;
    });
    if (!may_complete) continue;
    for (const void* object : select->objects) AppendOnce(g.touched, object);
  }
  if (g.touched.empty()) return g.pending;
  Operation op{g.pending.kind, g.touched[0]};
  op.others = std::span(g.touched).subspan(1);
  return op;
}

void Engine::Park(internal::WaitReason reason, const void* object,
                  internal::host::ParkCommit commit, void* arg) {
  MayWait(internal::WaitReasonText(reason));
  Goroutine& g = *current_;
  EngineScope scope;
  g.wait_reason = reason;
  g.wait_object = object;
  g.state = GoroutineState::kWaiting;
  // With one kernel thread nobody can come between.
  if (commit != nullptr && !commit(&g, arg)) {
    g.state = GoroutineState::kRunning;
  } else {
    if (reason == internal::WaitReason::kSelect) {
      waiting_selects_.push_back(&g);
      // Who polls one of the channels may now find a partner.
      ForEachObject(g.pending, [this](const void* o) { NoteWrite(o); });
    }
    Reschedule();
  }
  g.wait_reason = internal::WaitReason::kNone;
  g.wait_object = nullptr;
}

void Engine::Ready(Goroutine* g) {
  EngineScope scope;
  g->state = GoroutineState::kReady;
  std::erase(waiting_selects_, g);
  ready_.push_back(g);
  if (current_ != nullptr) strategy_->OnReady(current_->index, g->index);
}

void Engine::MayWait(std::string_view wait) {
  if (current_->blocking == 0) return;
  Fail(Verdict::kPanic, "fatal error: " + internal::InsideBlockingText(wait));
  Abandon();
}

void Engine::NoteAcquire(Goroutine* g, const void* sync) {
  EngineScope scope;
  races_.Acquire(g->index, sync);
  if (g->op_depth > 0 && TakesLock(g->pending.kind) &&
      Touches(g->pending, sync)) {
    g->held.push_back({sync, g->pending.kind, g->op_stack});
  }
}

void Engine::RecordPlace(Goroutine& g) {
  g.op_stack = internal::Backtrace();
  g.calls = CallFrames();
}

void Engine::RecordStep(Recording::Kind kind, GoroutineIndex child) {
  const Goroutine& g = *current_;
  Recording::Step step;
  step.kind = kind;
  step.goroutine = g.index;
  step.op = {g.pending.kind, g.pending.object};
  step.child = child;
  step.stack = kind == Recording::Kind::kSpawn ? goroutines_[child]->created_at
                                               : g.op_stack;
  options_.recording->steps.push_back(std::move(step));
}

}  // namespace rt::explorer
