// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "runtime/runtime.h"
#include "tests/bench/benchmarks.h"

namespace bench {
namespace {

// Of the whole process: user and system, all threads.
std::chrono::nanoseconds CpuTime() {
  rusage usage;
  Check(getrusage(RUSAGE_SELF, &usage) == 0, "getrusage failed");
  auto nanoseconds = [](const timeval& t) {
    return std::chrono::seconds(t.tv_sec) +
           std::chrono::microseconds(t.tv_usec);
  };
  return nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime);
}

// 100,000 goroutines are started, each sleeps once for a whole number of
// microseconds, uniform in 1..100 ms, and all are joined. timers_over_ideal is
// wall time from the first start to the join, less the ideal 100 ms;
// timers_cpu is the process's CPU time over the same interval.
std::vector<Series> Timers(const std::string& name, Effort effort) {
  constexpr std::chrono::milliseconds kIdeal(100);
  const int64_t sleepers = effort.Count(100'000, 100);
  Series over{name + "_over_ideal", "ms", {}};
  Series cpu{name + "_cpu", "ms", {}};
  for (int i = 0; i < effort.reps; ++i) {
    std::mt19937 random(1);
    std::uniform_int_distribution<int> microseconds(1000, 100'000);
    std::chrono::nanoseconds cpu_start = CpuTime();
    Clock::time_point start = Clock::now();
    rt::WaitGroup wg;
    wg.Add(static_cast<int>(sleepers));
    for (int64_t k = 0; k < sleepers; ++k) {
      rt::Go([&wg, d = absl::Microseconds(microseconds(random))] {
        rt::Sleep(d);
        wg.Done();
      });
    }
    wg.Wait();
    over.samples.push_back(Ms(Clock::now() - start - kIdeal));
    cpu.samples.push_back(Ms(CpuTime() - cpu_start));
  }
  return {over, cpu};
}

// One goroutine sleeps for 1 ms, 500 times, in an otherwise idle process; the
// oversleep is the measured time less 1 ms. A repetition gives one median and
// one 99th percentile.
std::vector<Series> TimerLatency(const std::string& name, Effort effort) {
  const int64_t sleeps = effort.Count(500, 5);
  Series p50{name + "_p50", "us", {}};
  Series p99{name + "_p99", "us", {}};
  for (int i = 0; i < effort.reps; ++i) {
    std::vector<double> over;
    for (int64_t k = 0; k < sleeps; ++k) {
      Clock::time_point start = Clock::now();
      rt::Sleep(absl::Milliseconds(1));
      over.push_back(Us(Clock::now() - start - std::chrono::milliseconds(1)));
    }
    std::sort(over.begin(), over.end());
    p50.samples.push_back(over[over.size() / 2]);
    p99.samples.push_back(over[over.size() * 99 / 100]);
  }
  return {p50, p99};
}

}  // namespace

std::vector<Benchmark> TimerBenchmarks() {
  return {
      {"timers", Timers},
      {"timer_latency", TimerLatency},
  };
}

}  // namespace bench
