// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "tests/bench/harness.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace bench {
namespace {

template <typename Body>
Clock::duration Timed(const Body& body) {
  Clock::time_point start = Clock::now();
  body();
  return Clock::now() - start;
}

}  // namespace

std::function<std::vector<Series>(const std::string&, Effort)> NsPerOp(
    int64_t quantum, std::function<void(int64_t n)> body) {
  return [quantum, body = std::move(body)](const std::string& name,
                                           Effort effort) {
    constexpr double kTargetNs = 150e6;
    auto timed_ns = [&](int64_t n) { return Ns(Timed([&] { body(n); })); };
    int64_t n = quantum;
    double ns = timed_ns(n);
    while (!effort.smoke && ns < kTargetNs * 2 / 3) {
      double grow = std::min(100.0, kTargetNs / std::max(ns, 1.0));
      auto wanted = static_cast<int64_t>(static_cast<double>(n) * grow);
      n = std::max(n / quantum + 1, wanted / quantum) * quantum;
      ns = timed_ns(n);
    }
    Series series{name, "ns", {}};
    for (int i = 0; i < effort.reps; ++i) {
      series.samples.push_back(timed_ns(n) / static_cast<double>(n));
    }
    return std::vector<Series>{series};
  };
}

std::function<std::vector<Series>(const std::string&, Effort)> MsTotal(
    std::function<void(Effort)> body) {
  return [body = std::move(body)](const std::string& name, Effort effort) {
    Series series{name, "ms", {}};
    for (int i = 0; i < effort.reps; ++i) {
      series.samples.push_back(Ms(Timed([&] { body(effort); })));
    }
    return std::vector<Series>{series};
  };
}

void Check(bool ok, const char* message) {
  if (ok) return;
  std::fprintf(stderr, "runtime_bench: %s\n", message);
  std::_Exit(1);
}

double Median(std::vector<double> samples) {
  std::sort(samples.begin(), samples.end());
  size_t middle = samples.size() / 2;
  if (samples.size() % 2 == 1) return samples[middle];
  return (samples[middle - 1] + samples[middle]) / 2;
}

}  // namespace bench
