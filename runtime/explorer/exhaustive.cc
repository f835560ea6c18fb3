// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/explorer/exhaustive.h"

#include <algorithm>
#include <functional>
#include <span>

namespace rt::explorer {
namespace {

bool Contains(const std::vector<GoroutineIndex>& set, GoroutineIndex g) {
  return std::find(set.begin(), set.end(), g) != set.end();
}

void Insert(std::vector<GoroutineIndex>& set, GoroutineIndex g) {
  if (!Contains(set, g)) set.push_back(g);
}

}  // namespace

bool Exhaustive::BeginExecution() {
  depth_ = 0;
  redundant_ = false;
  diverged_ = false;
  next_sleep_.clear();
  events_.clear();
  uses_.clear();
  for (VectorClock& clock : clocks_) clock.Clear();
  last_use_.Clear();
  if (!started_) {
    started_ = true;
    return true;
  }
  while (frame_count_ > 0) {
    first_new_ = frame_count_ - 1;
    Frame& frame = frames_[first_new_];
    if (frame.is_value) {
      if (++frame.value < frame.values) return true;
    } else {
      Insert(frame.sleep, frame.chosen);
      for (GoroutineIndex g : frame.backtrack) {
        if (Contains(frame.sleep, g)) continue;
        frame.chosen = g;
        return true;
      }
    }
    --frame_count_;
  }
  return false;
}

GoroutineIndex Exhaustive::Repeated() const {
  if (!IsRepeated() || frames_[depth_].is_value) return kNobody;
  return frames_[depth_].chosen;
}

void Exhaustive::Repeat(const Operation& op) {
  const Frame& frame = frames_[depth_];
  if (frame.chosen_kind != op.kind) {
    diverged_ = true;
    return;
  }
  Happens(frame.chosen, op);
}

size_t Exhaustive::PickNext(const SchedulePoint& point) {
  if (redundant_ || diverged_) return DefaultPick(point);
  if (depth_ == frame_count_) {
    Frame& frame = PushFrame();
    for (const Choice& choice : point.runnable) {
      frame.enabled.push_back(choice.goroutine);
      frame.kinds.push_back(choice.op.kind);
    }
    frame.sleep = next_sleep_;
    frame.chosen = FirstChoice(point, frame);
    if (frame.chosen == kNone) {
      --frame_count_;
      EndExecution(point.held_up);
      redundant_ = true;
      return DefaultPick(point);
    }
    frame.backtrack.push_back(frame.chosen);
  }
  const Frame& frame = frames_[depth_];
  size_t pick = 0;
  while (pick < point.runnable.size() &&
         point.runnable[pick].goroutine != frame.chosen) {
    ++pick;
  }
  if (!Fits(frame, point) || pick == point.runnable.size()) {
    diverged_ = true;
    return DefaultPick(point);
  }

  const Operation& op = point.runnable[pick].op;
  frames_[depth_].chosen_kind = op.kind;
  next_sleep_.clear();
  for (const Choice& choice : point.runnable) {
    if (Contains(frame.sleep, choice.goroutine) && !Dependent(choice.op, op)) {
      next_sleep_.push_back(choice.goroutine);
    }
  }
  Happens(frame.chosen, op);
  return pick;
}

void Exhaustive::Happens(GoroutineIndex goroutine, const Operation& op) {
  op_covered_ = Cover(goroutine, op);
  // The races of the events before were found when they were new.
  if (depth_ >= first_new_) FindRaces(goroutine, op);
  AddEvent(goroutine, op, static_cast<uint32_t>(depth_));
  ++depth_;
}

uint64_t Exhaustive::PickValue(uint64_t n) {
  if (redundant_ || diverged_) return 0;
  if (depth_ == frame_count_) {
    Frame& frame = PushFrame();
    frame.is_value = true;
    frame.values = n;
    frame.sleep = next_sleep_;
  } else {
    next_sleep_ = frames_[depth_].sleep;
  }
  const Frame& frame = frames_[depth_];
  if (!frame.is_value || frame.values != n) {
    diverged_ = true;
    return 0;
  }
  ++depth_;
  return frame.value;
}

// A goroutine that waits for ever may be one that another order would have let
// through.
void Exhaustive::EndExecution(std::span<const Choice> blocked) {
  if (redundant_ || diverged_) return;
  op_covered_ = false;
  for (const Choice& choice : blocked) FindRaces(choice.goroutine, choice.op);
}

void Exhaustive::OnSpawn(GoroutineIndex parent, GoroutineIndex child) {
  ClockOf(std::max(parent, child));
  ClockOf(child).Join(ClockOf(parent));
}

void Exhaustive::OnReady(GoroutineIndex by, GoroutineIndex woken) {
  ClockOf(std::max(by, woken));
  ClockOf(woken).Join(ClockOf(by));
}

void Exhaustive::OnTimeAdvance(GoroutineIndex woken) {
  VectorClock& clock = ClockOf(woken);
  for (const VectorClock& other : clocks_) clock.Join(other);
}

// In another order it would have happened.
void Exhaustive::OnCancel(const Choice& cancelled) {
  if (redundant_ || diverged_) return;
  op_covered_ = false;
  FindRaces(cancelled.goroutine, cancelled.op);
}

Exhaustive::Frame& Exhaustive::PushFrame() {
  if (frame_count_ == frames_.size()) frames_.emplace_back();
  Frame& frame = frames_[frame_count_++];
  frame.is_value = false;
  frame.value = 0;
  frame.values = 0;
  frame.enabled.clear();
  frame.kinds.clear();
  frame.backtrack.clear();
  frame.sleep.clear();
  return frame;
}

bool Exhaustive::Fits(const Frame& frame, const SchedulePoint& point) {
  if (frame.is_value || frame.enabled.size() != point.runnable.size()) {
    return false;
  }
  for (size_t i = 0; i < frame.enabled.size(); ++i) {
    const Choice& choice = point.runnable[i];
    if (frame.enabled[i] != choice.goroutine ||
        frame.kinds[i] != choice.op.kind) {
      return false;
    }
  }
  return true;
}

// Without preemption if possible, so that the first paths are simple ones.
GoroutineIndex Exhaustive::FirstChoice(const SchedulePoint& point,
                                       const Frame& frame) const {
  size_t n = point.runnable.size();
  size_t first = DefaultPick(point);
  for (size_t i = 0; i < n; ++i) {
    GoroutineIndex g = point.runnable[(first + i) % n].goroutine;
    if (!Contains(frame.sleep, g)) return g;
  }
  return kNone;
}

void Exhaustive::FindRaces(GoroutineIndex goroutine, const Operation& op) {
  const VectorClock& clock = ClockOf(goroutine);
  dependent_.clear();
  ForEachObject(op, [&](const void* object) {
    for (uint32_t u = LastUse(object); u != kNone; u = uses_[u].previous) {
      const Event& event = events_[uses_[u].event];
      bool orders_all = OrdersAll(event.kind);
      if (event.goroutine == goroutine ||
          clock.Get(event.goroutine) >= event.clock) {
        // Before `op`, and so is all that is before the event.
        if (orders_all) break;
        continue;
      }
      if (!DependentHere(event, op) || !MayBeCoEnabled(event.kind, op.kind)) {
        continue;
      }
      dependent_.push_back(uses_[u].event);
      if (orders_all && SurelyCoEnabled(event.kind, op)) break;
    }
  });
  // The latest first; those before another one, or met twice, are no races:
  // unless that other one perhaps cannot be reversed.
  if (!op.others.empty()) {
    std::sort(dependent_.begin(), dependent_.end(), std::greater<>());
  }
  racing_.clear();
  for (uint32_t i : dependent_) {
    const Event& event = events_[i];
    bool before_another =
        std::any_of(racing_.begin(), racing_.end(), [&](uint32_t r) {
          return r == i ||
                 (SurelyCoEnabled(events_[r].kind, op) &&
                  event_clocks_[r].Get(event.goroutine) >= event.clock);
        });
    if (!before_another) racing_.push_back(i);
  }
  for (uint32_t earlier : racing_) UpdateBacktrack(earlier, goroutine, op);
}

// Lets `earlier`'s frame explore a run in which `op` comes first. With v the
// events since `earlier` that are not after it, followed by `op`, such a run
// can begin with any goroutine whose first event in v has nothing in v before
// it (v's initials); one of them is enough.
void Exhaustive::UpdateBacktrack(uint32_t earlier, GoroutineIndex goroutine,
                                 const Operation& op) {
  const Event& from = events_[earlier];
  Frame& frame = frames_[from.frame];
  firsts_.clear();
  initials_.clear();
  bool op_has_cause_in_v = false;
  for (uint32_t i = earlier + 1; i < events_.size(); ++i) {
    const Event& event = events_[i];
    const VectorClock& clock = event_clocks_[i];
    if (clock.Get(from.goroutine) >= from.clock) continue;  // After `earlier`.
    if (DependentWith(event, op)) op_has_cause_in_v = true;
    bool first = true;
    bool initial = true;
    for (const FirstEvent& f : firsts_) {
      if (f.goroutine == event.goroutine) first = false;
      if (clock.Get(f.goroutine) >= f.clock) initial = false;
    }
    if (!first) continue;
    firsts_.push_back({event.goroutine, event.clock});
    if (initial) initials_.push_back(event.goroutine);
  }
  const VectorClock& clock = ClockOf(goroutine);
  bool op_is_initial =
      !op_has_cause_in_v &&
      std::all_of(firsts_.begin(), firsts_.end(), [&](const FirstEvent& f) {
        return f.goroutine != goroutine && clock.Get(f.goroutine) < f.clock;
      });
  if (op_is_initial) initials_.insert(initials_.begin(), goroutine);

  if (AlwaysReversible(op)) {
    for (GoroutineIndex g : initials_) {
      if (Contains(frame.backtrack, g)) return;
    }
    for (GoroutineIndex g : initials_) {
      if (!Contains(frame.enabled, g)) continue;
      frame.backtrack.push_back(g);
      return;
    }
  }
  for (GoroutineIndex g : frame.enabled) Insert(frame.backtrack, g);
}

bool Exhaustive::Cover(GoroutineIndex goroutine, const Operation& op) {
  if (op.kind != OpKind::kWaitGroupDone) return false;
  const VectorClock& clock = ClockOf(goroutine);
  for (uint32_t u = LastUse(op.object); u != kNone; u = uses_[u].previous) {
    Event& event = events_[uses_[u].event];
    if (event.kind != OpKind::kWaitGroupAdd || event.covers ||
        clock.Get(event.goroutine) < event.clock) {
      continue;
    }
    event.covers = true;
    return true;
  }
  return false;
}

bool Exhaustive::DependentHere(const Event& event, const Operation& op) const {
  if (event.covered && op.kind == OpKind::kWaitGroupAdd) return false;
  if (op_covered_ && event.kind == OpKind::kWaitGroupAdd) return false;
  return DependentOnOneObject(event.kind, op.kind);
}

bool Exhaustive::DependentWith(const Event& event, const Operation& op) const {
  auto first = uses_.begin() + event.first_use;
  return std::any_of(first, first + event.uses,
                     [&](const Use& use) { return Touches(op, use.object); }) &&
         DependentHere(event, op);
}

void Exhaustive::AddEvent(GoroutineIndex goroutine, const Operation& op,
                          uint32_t frame) {
  VectorClock& clock = ClockOf(goroutine);
  auto index = static_cast<uint32_t>(events_.size());
  auto first_use = static_cast<uint32_t>(uses_.size());
  ForEachObject(op, [&](const void* object) {
    bool fresh;
    uint32_t& last =
        last_use_.FindOrMake(reinterpret_cast<uintptr_t>(object), &fresh);
    if (fresh) last = kNone;
    for (uint32_t u = last; u != kNone; u = uses_[u].previous) {
      const Event& event = events_[uses_[u].event];
      if (!DependentHere(event, op)) continue;
      clock.Join(event_clocks_[uses_[u].event]);
      if (OrdersAll(event.kind)) break;
    }
    uses_.push_back({object, index, last});
    last = static_cast<uint32_t>(uses_.size() - 1);
  });
  uint32_t ticks = clock.Get(goroutine) + 1;
  clock.Set(goroutine, ticks);
  events_.push_back({op.kind, goroutine, ticks, frame, first_use,
                     static_cast<uint32_t>(uses_.size()) - first_use,
                     op_covered_, false});
  if (event_clocks_.size() <= index) event_clocks_.emplace_back();
  event_clocks_[index].Assign(clock);
}

uint32_t Exhaustive::LastUse(const void* object) {
  uint32_t* last = last_use_.Find(reinterpret_cast<uintptr_t>(object));
  return last == nullptr ? kNone : *last;
}

VectorClock& Exhaustive::ClockOf(GoroutineIndex goroutine) {
  if (clocks_.size() <= goroutine) clocks_.resize(goroutine + 1);
  return clocks_[goroutine];
}

}  // namespace rt::explorer
