// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The benchmarks, by subject; each subject is the file of the same name. The
// comment on a benchmark's function says what one operation ("op") is. The Go
// program in go/ does the same work under the same names.

#ifndef TESTS_BENCH_BENCHMARKS_H_
#define TESTS_BENCH_BENCHMARKS_H_

#include <vector>

#include "tests/bench/harness.h"

namespace bench {

std::vector<Benchmark> GoroutineBenchmarks();
std::vector<Benchmark> ChannelBenchmarks();
std::vector<Benchmark> SelectBenchmarks();
std::vector<Benchmark> SyncBenchmarks();
std::vector<Benchmark> ProgramBenchmarks();
std::vector<Benchmark> TimerBenchmarks();
std::vector<Benchmark> MemoryBenchmarks();
std::vector<Benchmark> NetworkBenchmarks();
std::vector<Benchmark> PreemptionBenchmarks();

}  // namespace bench

#endif  // TESTS_BENCH_BENCHMARKS_H_
