// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Sampling: a fixed number of interleavings drawn at random.
//
// The generator is our own, and its seed is fixed: the same build draws the
// same interleavings on every machine.

#ifndef RUNTIME_EXPLORER_SAMPLING_H_
#define RUNTIME_EXPLORER_SAMPLING_H_

#include <cstddef>
#include <cstdint>

#include "runtime/explorer/strategy.h"

namespace rt::explorer {

// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number
// generators", OOPSLA 2014).
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  // In [0, n). The bias is below n / 2^64.
  uint64_t Below(uint64_t n) {
    return static_cast<uint64_t>((static_cast<unsigned __int128>(Next()) * n) >>
                                 64);
  }

 private:
  uint64_t state_;
};

class Sampling : public Strategy {
 public:
  explicit Sampling(uint64_t seed) : random_(seed) {}

  bool BeginExecution() override { return true; }
  size_t PickNext(const SchedulePoint& point) override {
    return random_.Below(point.runnable.size());
  }
  uint64_t PickValue(uint64_t n) override { return random_.Below(n); }

 private:
  Random random_;
};

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_SAMPLING_H_
