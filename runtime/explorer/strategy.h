// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Strategy: who runs next, and nothing else.
//
// The engine (engine.h) runs the test body again and again and asks the
// strategy at every point where more than the code itself decides. A strategy
// knows goroutines by number and operations by kind and object; it knows
// nothing of channels, memory or verdicts.
//
// Everything that the engine tells a strategy is a function of the choices it
// made so far in this execution: the same choices lead to the same point. If
// they do not, the code under test is nondeterministic; see diverged().

#ifndef RUNTIME_EXPLORER_STRATEGY_H_
#define RUNTIME_EXPLORER_STRATEGY_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "runtime/explorer/operation.h"

namespace rt::explorer {

// A goroutine, by its index: 0 is main, then in the order of creation.
using GoroutineIndex = uint32_t;
inline constexpr GoroutineIndex kNobody = ~GoroutineIndex{0};

struct Choice {
  GoroutineIndex goroutine = 0;
  Operation op;  // What it does if it is chosen.
};

struct SchedulePoint {
  static constexpr size_t kNone = ~size_t{0};

  // Never empty; in the order of the goroutines.
  std::span<const Choice> runnable;
  std::span<const Choice> held_up;  // In front of what is not possible now.
  size_t current = kNone;  // Index in `runnable` of the one picked last.
  // The current goroutine is at a Gosched: it asks to be passed over.
  bool yielding = false;

  // Going on with `i` takes the processor from a goroutine that could go on.
  bool IsPreemption(size_t i) const {
    return current != kNone && i != current && !yielding;
  }
};

class Strategy {
 public:
  virtual ~Strategy() = default;

  // Prepares the next execution; false if there is none left.
  virtual bool BeginExecution() = 0;

  // Who runs next, if it is known without a look at the others since so far
  // this execution repeats an earlier one; else kNobody. The engine then tells
  // what it does by Repeat, or asks by PickNext all the same.
  virtual GoroutineIndex Repeated() const { return kNobody; }
  virtual void Repeat(const Operation& /*op*/) {}

  // The index in `point.runnable` of the goroutine that runs next.
  virtual size_t PickNext(const SchedulePoint& point) = 0;

  // A number in [0, n), n >= 2, for a random choice in the code under test.
  virtual uint64_t PickValue(uint64_t n) = 0;

  // The execution is over; `blocked` are those that wait for ever.
  virtual void EndExecution(std::span<const Choice> /*blocked*/) {}

  // Causes between goroutines that no operation's object shows.
  virtual void OnSpawn(GoroutineIndex /*parent*/, GoroutineIndex /*child*/) {}
  virtual void OnReady(GoroutineIndex /*by*/, GoroutineIndex /*woken*/) {}
  // Nobody could run, so the clock moved on; all that was is before `woken`.
  virtual void OnTimeAdvance(GoroutineIndex /*woken*/) {}

  // The goroutine that runs has just taken from another what that was about to
  // do: it will not happen.
  virtual void OnCancel(const Choice& /*cancelled*/) {}

  // The execution just run repeats one that was run before, in another order
  // of independent operations; it does not count.
  virtual bool redundant() const { return false; }

  // The choices recorded earlier could not be repeated.
  virtual bool diverged() const { return false; }
};

// The choice that a run without any preemption makes.
inline size_t DefaultPick(const SchedulePoint& point) {
  if (point.current == SchedulePoint::kNone) return 0;
  if (!point.yielding) return point.current;
  return (point.current + 1) % point.runnable.size();
}

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_STRATEGY_H_
