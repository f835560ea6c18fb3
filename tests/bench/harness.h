// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// How the benchmarks measure.
//
// A benchmark makes a number of repetitions and reports one or more series,
// with one sample for each repetition. Those in ns/op first find a count of
// operations that takes about 150 ms, and divide wall time by it, also where
// several goroutines share the operations.
//
// Threads: everything here is called from a goroutine, inside rt::Run.

#ifndef TESTS_BENCH_HARNESS_H_
#define TESTS_BENCH_HARNESS_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/go.h"
#include "runtime/waitgroup.h"

namespace bench {

struct Series {
  std::string name;
  std::string unit;
  std::vector<double> samples;
};

struct Effort {
  int reps = 1;
  // Just enough to see that everything still runs.
  bool smoke = false;

  // How many of something: `full`, or `few` for a smoke test.
  int64_t Count(int64_t full, int64_t few) const { return smoke ? few : full; }
};

struct Benchmark {
  std::string name;
  std::function<std::vector<Series>(const std::string& name, Effort)> run;
  bool fresh = false;  // Every repetition needs a process of its own.
  int procs = 0;       // If not 0, GOMAXPROCS is this, whatever --procs says.
};

using Clock = std::chrono::steady_clock;

inline double Ns(Clock::duration d) {
  return std::chrono::duration<double, std::nano>(d).count();
}
inline double Us(Clock::duration d) { return Ns(d) / 1e3; }
inline double Ms(Clock::duration d) { return Ns(d) / 1e6; }

// The `run` of a benchmark that times body(n), which makes n operations, and
// reports ns/op. n is a multiple of `quantum`.
std::function<std::vector<Series>(const std::string&, Effort)> NsPerOp(
    int64_t quantum, std::function<void(int64_t n)> body);

// The `run` of a benchmark that times body(effort) as a whole, in ms. The first
// repetition runs cold.
std::function<std::vector<Series>(const std::string&, Effort)> MsTotal(
    std::function<void(Effort)> body);

// Runs body(id, n / g) in g goroutines and waits for all of them.
template <typename Body>
void Parallel(int g, int64_t n, const Body& body) {
  rt::WaitGroup wg;
  wg.Add(g);
  for (int id = 0; id < g; ++id) {
    rt::Go([&wg, &body, id, share = n / g] {
      body(id, share);
      wg.Done();
    });
  }
  wg.Wait();
}

// Receives results, so that no loop is without effect.
inline std::atomic<int64_t> sink{0};

// Ends the process with `message` unless `ok`: a benchmark has gone wrong.
void Check(bool ok, const char* message);

double Median(std::vector<double> samples);

}  // namespace bench

#endif  // TESTS_BENCH_HARNESS_H_
