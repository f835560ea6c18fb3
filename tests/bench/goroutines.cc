// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/runtime.h"
#include "tests/bench/benchmarks.h"

namespace bench {
namespace {

constexpr int64_t kBatch = 1000;

void Spawn(int64_t count) {
  rt::WaitGroup wg;
  wg.Add(static_cast<int>(count));
  for (int64_t i = 0; i < count; ++i) {
    rt::Go([&wg] { wg.Done(); });
  }
  wg.Wait();
}

// One op: starting a goroutine that does nothing but WaitGroup::Done, and its
// share of one Wait for a batch of 1000. One batch after the other.
void SpawnJoin(int64_t n) {
  for (int64_t i = 0; i < n / kBatch; ++i) Spawn(kBatch);
}

// One op: as in spawn_join, but one goroutine starts all 1,000,000 before it
// waits. Some of them may run meanwhile. The first repetition runs cold.
std::vector<Series> SpawnMany(const std::string& name, Effort effort) {
  const int64_t count = effort.Count(1'000'000, 1000);
  Series series{name, "ns", {}};
  for (int i = 0; i < effort.reps; ++i) {
    Clock::time_point start = Clock::now();
    Spawn(count);
    series.samples.push_back(Ns(Clock::now() - start) /
                             static_cast<double>(count));
  }
  return {series};
}

// One op: one Gosched. Two goroutines make n/2 each. With one processor they
// alternate; with two each may have one to itself.
void Gosched(int64_t n) {
  Parallel(2, n, [](int, int64_t share) {
    for (int64_t i = 0; i < share; ++i) rt::Gosched();
  });
}

}  // namespace

std::vector<Benchmark> GoroutineBenchmarks() {
  return {
      {"spawn_join", NsPerOp(kBatch, SpawnJoin)},
      {"spawn_many", SpawnMany},
      {"gosched", NsPerOp(2, Gosched)},
  };
}

}  // namespace bench
