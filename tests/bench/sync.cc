// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include <atomic>
#include <cstdint>
#include <vector>

#include "runtime/runtime.h"
#include "tests/bench/benchmarks.h"

namespace bench {
namespace {

constexpr int kWorkers = 8;  // Goroutines in the contended benchmarks.

// One op: Lock and Unlock by the only goroutine.
void MutexUncontended(int64_t n) {
  rt::Mutex mu;
  for (int64_t i = 0; i < n; ++i) {
    mu.Lock();
    mu.Unlock();
  }
}

// One op: Lock, increment of a plain integer, Unlock. 8 goroutines make n/8
// each on one mutex.
void MutexContended(int64_t n) {
  rt::Mutex mu;
  int64_t counter = 0;
  Parallel(kWorkers, n, [&](int, int64_t share) {
    for (int64_t i = 0; i < share; ++i) {
      mu.Lock();
      ++counter;
      mu.Unlock();
    }
  });
  Check(counter == n, "the mutex lost an update");
}

// One op: Add(1) and Done by one goroutine; nobody waits.
void WaitGroupAddDone(int64_t n) {
  rt::WaitGroup wg;
  for (int64_t i = 0; i < n; ++i) {
    wg.Add(1);
    wg.Done();
  }
}

// One op: one sequentially consistent addition of 1 by the only goroutine.
void AtomicAdd(int64_t n) {
  std::atomic<int64_t> value{0};
  for (int64_t i = 0; i < n; ++i) value.fetch_add(1);
  sink.store(value.load());
}

// The same, 8 goroutines making n/8 each on one integer.
void AtomicAddContended(int64_t n) {
  std::atomic<int64_t> value{0};
  Parallel(kWorkers, n, [&](int, int64_t share) {
    for (int64_t i = 0; i < share; ++i) value.fetch_add(1);
  });
  Check(value.load() == n, "the atomic lost an update");
}

}  // namespace

std::vector<Benchmark> SyncBenchmarks() {
  return {
      {"mutex_uncontended", NsPerOp(1, MutexUncontended)},
      {"mutex_contended", NsPerOp(kWorkers, MutexContended)},
      {"waitgroup_add_done", NsPerOp(1, WaitGroupAddDone)},
      {"atomic_add", NsPerOp(1, AtomicAdd)},
      {"atomic_add_contended", NsPerOp(kWorkers, AtomicAddContended)},
  };
}

}  // namespace bench
