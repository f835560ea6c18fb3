// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/explorer/pct.h"

#include <algorithm>

namespace rt::explorer {
namespace {

// Priorities drawn for new goroutines lie above those given to lowered ones.
constexpr uint64_t kDrawn = uint64_t{1} << 62;
constexpr uint64_t kLowered = uint64_t{1} << 61;

}  // namespace

bool Pct::BeginExecution() {
  longest_ = std::max(longest_, step_);
  step_ = 0;
  lowest_ = kLowered;
  priorities_.clear();
  change_points_.clear();
  for (size_t i = 1; i < depth_; ++i) {
    change_points_.push_back(random_.Below(longest_));
  }
  return true;
}

size_t Pct::PickNext(const SchedulePoint& point) {
  if (point.current != SchedulePoint::kNone) {
    bool change = std::find(change_points_.begin(), change_points_.end(),
                            step_) != change_points_.end();
    // A goroutine that polls would otherwise keep the processor for ever.
    if (change || point.yielding) {
      PriorityOf(point.runnable[point.current].goroutine) = --lowest_;
    }
  }
  ++step_;
  size_t best = 0;
  for (size_t i = 1; i < point.runnable.size(); ++i) {
    if (PriorityOf(point.runnable[i].goroutine) >
        PriorityOf(point.runnable[best].goroutine)) {
      best = i;
    }
  }
  return best;
}

uint64_t& Pct::PriorityOf(GoroutineIndex goroutine) {
  if (priorities_.size() <= goroutine) priorities_.resize(goroutine + 1);
  uint64_t& priority = priorities_[goroutine];
  if (priority == 0) priority = kDrawn + random_.Below(kDrawn);
  return priority;
}

}  // namespace rt::explorer
