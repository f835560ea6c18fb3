// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>
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

// 8 goroutines make n/8 operations each on one RWMutex. One op: Lock, increment
// of a plain integer, Unlock for each that `write_every` divides, counted from
// 1; RLock, read of the integer, RUnlock for the others.
void ReadersWriters(int64_t n, int64_t write_every) {
  rt::RWMutex mu;
  int64_t value = 0;
  Parallel(kWorkers, n, [&](int, int64_t share) {
    int64_t sum = 0;
    int64_t until_write = write_every;
    for (int64_t i = 0; i < share; ++i) {
      if (--until_write == 0) {
        until_write = write_every;
        mu.Lock();
        ++value;
        mu.Unlock();
      } else {
        mu.RLock();
        sum += value;
        mu.RUnlock();
      }
    }
    sink.store(sum);
  });
}

void RWMutexRead(int64_t n) { ReadersWriters(n, n + 1); }
void RWMutexMixed(int64_t n) { ReadersWriters(n, 10); }

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

// One op: Do of a Once that has been done.
void OnceFastpath(int64_t n) {
  rt::Once once;
  for (int64_t i = 0; i < n; ++i) once.Do([] {});
}

// One op: a round trip between two goroutines that pass a turn under one mutex,
// each waiting on its own Cond and signalling the other's.
void CondPingpong(int64_t n) {
  rt::Mutex mu;
  rt::Cond conds[2] = {rt::Cond(&mu), rt::Cond(&mu)};
  int turn = 0;
  Parallel(2, 2 * n, [&](int id, int64_t share) {
    for (int64_t i = 0; i < share; ++i) {
      mu.Lock();
      while (turn != id) conds[id].Wait();
      turn = 1 - id;
      conds[turn].Signal();
      mu.Unlock();
    }
  });
}

// One op: Get and Put of a 64-byte object on one Pool. 8 goroutines make n/8
// each.
void PoolGetPut(int64_t n) {
  struct Block {
    char bytes[64] = {};
  };
  rt::Pool<Block> pool([] { return std::make_unique<Block>(); });
  Parallel(kWorkers, n, [&](int, int64_t share) {
    for (int64_t i = 0; i < share; ++i) {
      std::unique_ptr<Block> block = pool.Get();
      ++block->bytes[0];
      pool.Put(std::move(block));
    }
  });
}

// One op: a Load of a key that is there, or, for every hundredth op of each
// goroutine, a Store to it. 1024 keys in a fixed order that looks random. 8
// goroutines make n/8 each.
void MapReadMostly(int64_t n) {
  constexpr int kKeys = 1024;
  rt::Map<int, int> map;
  for (int key = 0; key < kKeys; ++key) map.Store(key, key);
  Parallel(kWorkers, n, [&](int id, int64_t share) {
    uint32_t x = static_cast<uint32_t>(id) + 1;
    for (int64_t i = 0; i < share; ++i) {
      x = x * 1664525 + 1013904223;
      int key = static_cast<int>(x >> 22);
      if (i % 100 == 0) {
        map.Store(key, static_cast<int>(i));
      } else {
        Check(map.Load(key).has_value(), "the map lost a key");
      }
    }
  });
}

}  // namespace

std::vector<Benchmark> SyncBenchmarks() {
  return {
      {"mutex_uncontended", NsPerOp(1, MutexUncontended)},
      {"mutex_contended", NsPerOp(kWorkers, MutexContended)},
      {"rwmutex_read", NsPerOp(kWorkers, RWMutexRead)},
      {"rwmutex_mixed", NsPerOp(kWorkers, RWMutexMixed)},
      {"waitgroup_add_done", NsPerOp(1, WaitGroupAddDone)},
      {"once_fastpath", NsPerOp(1, OnceFastpath)},
      {"atomic_add", NsPerOp(1, AtomicAdd)},
      {"atomic_add_contended", NsPerOp(kWorkers, AtomicAddContended)},
      {"cond_pingpong", NsPerOp(1, CondPingpong)},
      {"pool_get_put", NsPerOp(kWorkers, PoolGetPut)},
      {"syncmap_read_mostly", NsPerOp(kWorkers, MapReadMostly)},
  };
}

}  // namespace bench
