// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Pct: random priorities with a few random changes.
//
// The goroutine of the highest priority runs, until one of depth - 1 randomly
// placed points lowers it below all others. A bug that needs d ordering
// constraints in a run of n goroutines and k steps is hit with a probability of
// at least 1 / (n k^(d-1)) (Burckhardt and others, "A randomized scheduler with
// probabilistic guarantees of finding bugs", ASPLOS 2010). k is taken from the
// longest execution so far.

#ifndef RUNTIME_EXPLORER_PCT_H_
#define RUNTIME_EXPLORER_PCT_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/explorer/sampling.h"
#include "runtime/explorer/strategy.h"

namespace rt::explorer {

class Pct : public Strategy {
 public:
  Pct(uint64_t seed, size_t depth) : random_(seed), depth_(depth) {}

  bool BeginExecution() override;
  size_t PickNext(const SchedulePoint& point) override;
  uint64_t PickValue(uint64_t n) override { return random_.Below(n); }

 private:
  uint64_t& PriorityOf(GoroutineIndex goroutine);

  Random random_;
  const size_t depth_;
  std::vector<uint64_t> priorities_;  // By goroutine; 0 is "not drawn yet".
  std::vector<uint64_t> change_points_;
  uint64_t lowest_ = 0;  // Priorities given at change points count down.
  uint64_t step_ = 0;
  uint64_t longest_ = 1;
};

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_PCT_H_
