// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include <unistd.h>

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/internal/sanitizer.h"
#include "runtime/runtime.h"
#include "tests/bench/benchmarks.h"

namespace bench {
namespace {

// With one processor, one goroutine is in an endless loop without a call. The
// time from when another one yields until it runs again, which it does only
// because the loop is stopped. A repetition gives the median of 20.
std::vector<Series> PreemptLatency(const std::string& name, Effort effort) {
  const int64_t count = effort.Count(20, 1);
  rt::Go([] {
    for (;;) {
      asm volatile("");  // Else C++ may take it that the loop ends.
      // Which keeps signals back until there is a system call.
      if (rt::internal::kTsan) usleep(0);
    }
  });
  Series series{name, "ms", {}};
  for (int i = 0; i < effort.reps; ++i) {
    std::vector<double> waits;
    for (int64_t k = 0; k < count; ++k) {
      Clock::time_point start = Clock::now();
      rt::Gosched();
      waits.push_back(Ms(Clock::now() - start));
    }
    series.samples.push_back(Median(waits));
  }
  return {series};
}

}  // namespace

std::vector<Benchmark> PreemptionBenchmarks() {
  return {{.name = "preempt_latency", .run = PreemptLatency, .procs = 1}};
}

}  // namespace bench
