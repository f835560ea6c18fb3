// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "runtime/runtime.h"
#include "tests/bench/benchmarks.h"

namespace bench {
namespace {

int64_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  int64_t total_pages = 0;
  int64_t resident_pages = 0;
  statm >> total_pages >> resident_pages;
  Check(static_cast<bool>(statm), "/proc/self/statm cannot be read");
  return resident_pages * sysconf(_SC_PAGESIZE);
}

// Growth of the resident set, in bytes for each goroutine, from before the
// first one is started to when all are blocked in a receive on one channel.
// They have no locals to speak of, so this is the least that a parked
// goroutine needs.
std::vector<Series> ParkedMemory(int64_t count, const std::string& name,
                                 int reps) {
  Series series{name, "B", {}};
  for (int i = 0; i < reps; ++i) {
    auto gate = rt::MakeChan<int>();
    std::atomic<int64_t> started{0};
    rt::WaitGroup wg;
    wg.Add(static_cast<int>(count));
    int64_t before = ResidentBytes();
    for (int64_t k = 0; k < count; ++k) {
      rt::Go([&] {
        started.fetch_add(1);
        static_cast<void>(gate.Recv());
        wg.Done();
      });
    }
    while (started.load() != count) rt::Sleep(absl::Milliseconds(1));
    rt::Sleep(absl::Milliseconds(50));  // From started to blocked.
    series.samples.push_back(static_cast<double>(ResidentBytes() - before) /
                             static_cast<double>(count));
    gate.Close();
    wg.Wait();
  }
  return {series};
}

}  // namespace

std::vector<Benchmark> MemoryBenchmarks() {
  auto of = [](int64_t full, int64_t few) {
    return [full, few](const std::string& name, Effort effort) {
      return ParkedMemory(effort.Count(full, few), name, effort.reps);
    };
  };
  return {
      {.name = "parked_memory_100k", .run = of(100'000, 100), .fresh = true},
      {.name = "parked_memory_1m", .run = of(1'000'000, 1000), .fresh = true},
  };
}

}  // namespace bench
