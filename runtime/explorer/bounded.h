// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Bounded: every interleaving with at most so many preemptions, depth first.
//
// A preemption takes the processor from a goroutine that could go on; a switch
// where it blocks, ends or yields is free. Few preemptions find most bugs
// (Musuvathi and Qadeer, "Iterative context bounding", PLDI 2007), and a
// failure found with few is easy to follow. No reduction is applied: with a
// bound of kUnbounded this is the plain enumeration that the reduced search is
// tested against.

#ifndef RUNTIME_EXPLORER_BOUNDED_H_
#define RUNTIME_EXPLORER_BOUNDED_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/explorer/strategy.h"

namespace rt::explorer {

class Bounded : public Strategy {
 public:
  static constexpr size_t kUnbounded = ~size_t{0};

  explicit Bounded(size_t preemptions) : bound_(preemptions) {}

  bool BeginExecution() override;
  size_t PickNext(const SchedulePoint& point) override;
  uint64_t PickValue(uint64_t n) override;
  bool diverged() const override { return diverged_; }

 private:
  struct Frame {
    uint64_t taken;
    uint64_t alternatives;
    uint64_t point;  // What the choice was between, to notice a change.
  };

  // The alternative to take at the next point, of `n`.
  uint64_t Decide(uint64_t n, uint64_t point);

  const size_t bound_;
  std::vector<Frame> frames_;
  size_t depth_ = 0;
  size_t preemptions_ = 0;
  bool started_ = false;
  bool diverged_ = false;
};

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_BOUNDED_H_
