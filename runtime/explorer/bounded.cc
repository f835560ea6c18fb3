// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/explorer/bounded.h"

namespace rt::explorer {
namespace {

uint64_t Signature(const SchedulePoint& point) {
  uint64_t signature = 0;
  for (const Choice& choice : point.runnable) {
    signature = signature * 1'000'003 + choice.goroutine * 64 +
                static_cast<uint64_t>(choice.op.kind) + 1;
  }
  return signature;
}

}  // namespace

bool Bounded::BeginExecution() {
  depth_ = 0;
  preemptions_ = 0;
  diverged_ = false;
  if (!started_) {
    started_ = true;
    return true;
  }
  while (!frames_.empty()) {
    if (++frames_.back().taken < frames_.back().alternatives) return true;
    frames_.pop_back();
  }
  return false;
}

size_t Bounded::PickNext(const SchedulePoint& point) {
  size_t n = point.runnable.size();
  if (n == 1) return 0;
  // The first alternative is the default; the others follow in a circle, so a
  // goroutine that yields goes on last of all.
  size_t first = DefaultPick(point);
  bool could_go_on = point.current != SchedulePoint::kNone && !point.yielding;
  if (could_go_on && preemptions_ >= bound_) return first;
  size_t pick = (first + Decide(n, Signature(point))) % n;
  if (point.IsPreemption(pick)) ++preemptions_;
  return pick;
}

uint64_t Bounded::PickValue(uint64_t n) { return Decide(n, 0); }

uint64_t Bounded::Decide(uint64_t n, uint64_t point) {
  if (n == 1) return 0;
  if (depth_ == frames_.size()) frames_.push_back({0, n, point});
  if (frames_[depth_].alternatives != n || frames_[depth_].point != point) {
    diverged_ = true;
    return 0;
  }
  return frames_[depth_++].taken;
}

}  // namespace rt::explorer
