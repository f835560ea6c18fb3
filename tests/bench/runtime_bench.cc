// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Measures the runtime: each benchmark in a process of its own, one line for
// each metric,
//
//   name<TAB>procs<TAB>median<TAB>min<TAB>unit
//
// over the repetitions. In req/s more is better, so there min is the worst
// repetition; in every other unit it is the best. See README.md.

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/procs.h"
#include "tests/bench/benchmarks.h"
#include "tests/bench/child.h"
#include "tests/bench/harness.h"

namespace bench {
namespace {

constexpr int kMaxProcs = 1024;
constexpr int kMaxReps = 1'000'000;

constexpr char kUsage[] =
    R"(usage: runtime_bench [--procs=N] [--filter=REGEXP] [--reps=N] [--json]

  --procs=N        GOMAXPROCS for the benchmarks (default: the processors)
  --filter=REGEXP  only benchmarks whose name it matches, anywhere in it
  --reps=N         repetitions of each benchmark (default: 7)
  --json           one JSON object per line, with all samples
  --smoke          tiny counts: tells only whether the benchmarks still run
  --list           print the names of the benchmarks and stop
)";

struct Flags {
  int procs = rt::NumCPU();
  int reps = 7;
  std::string filter;
  std::string child;  // Run this benchmark here; not for people.
  bool json = false;
  bool smoke = false;
  bool list = false;
};

[[noreturn]] void Refuse(const std::string& why) {
  std::fprintf(stderr, "runtime_bench: %s\n\n%s", why.c_str(), kUsage);
  std::exit(2);
}

int NumberFrom1(std::string_view flag, std::string_view text, int most) {
  int n = 0;
  const char* end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, n);
  if (error == std::errc() && stop == end && n >= 1 && n <= most) return n;
  Refuse(std::string(flag) + "=" + std::string(text) +
         ": want a whole number from 1 to " + std::to_string(most));
}

Flags ParseFlags(int argc, char** argv) {
  Flags flags;
  for (int i = 1; i < argc; ++i) {
    std::string_view argument = argv[i];
    size_t equals = argument.find('=');
    std::string_view name = argument.substr(0, equals);
    std::optional<std::string_view> value;
    if (equals != std::string_view::npos) value = argument.substr(equals + 1);
    if (name == "--help" && !value) {
      std::printf("%s", kUsage);
      std::exit(0);
    } else if (name == "--procs" && value) {
      flags.procs = NumberFrom1(name, *value, kMaxProcs);
    } else if (name == "--reps" && value) {
      flags.reps = NumberFrom1(name, *value, kMaxReps);
    } else if (name == "--filter" && value) {
      flags.filter = *value;
    } else if (name == "--child" && value) {
      flags.child = *value;
    } else if (name == "--json" && !value) {
      flags.json = true;
    } else if (name == "--smoke" && !value) {
      flags.smoke = true;
    } else if (name == "--list" && !value) {
      flags.list = true;
    } else {
      Refuse("what is " + std::string(argument) + "?");
    }
  }
  return flags;
}

std::vector<Benchmark> AllBenchmarks() {
  std::vector<Benchmark> all;
  for (auto* subject :
       {GoroutineBenchmarks, ChannelBenchmarks, SelectBenchmarks,
        SyncBenchmarks, ProgramBenchmarks, TimerBenchmarks, MemoryBenchmarks,
        NetworkBenchmarks, PreemptionBenchmarks}) {
    for (Benchmark& benchmark : subject()) all.push_back(std::move(benchmark));
  }
  return all;
}

std::vector<Benchmark> Matching(const std::string& filter) {
  std::vector<Benchmark> matching;
  try {
    std::regex pattern(filter);
    for (Benchmark& benchmark : AllBenchmarks()) {
      if (std::regex_search(benchmark.name, pattern)) {
        matching.push_back(std::move(benchmark));
      }
    }
  } catch (const std::regex_error& error) {
    Refuse("--filter=" + filter + ": " + error.what());
  }
  if (matching.empty()) {
    Refuse("--filter=" + filter + ": no benchmark has such a name; see --list");
  }
  return matching;
}

void Report(const Series& series, int procs, bool json) {
  double median = Median(series.samples);
  double min = *std::min_element(series.samples.begin(), series.samples.end());
  if (json) {
    nlohmann::json line = {{"name", series.name}, {"procs", procs},
                           {"unit", series.unit}, {"median", median},
                           {"min", min},          {"samples", series.samples}};
    std::printf("%s\n", line.dump().c_str());
  } else {
    std::printf("%s\t%d\t%.2f\t%.2f\t%s\n", series.name.c_str(), procs, median,
                min, series.unit.c_str());
  }
  std::fflush(stdout);
}

int Main(int argc, char** argv) {
  Flags flags = ParseFlags(argc, argv);
  const Effort effort = {.reps = flags.reps, .smoke = flags.smoke};
  if (!flags.child.empty()) {
    for (const Benchmark& benchmark : AllBenchmarks()) {
      if (benchmark.name == flags.child) RunAsChild(benchmark, effort);
    }
    return 0;
  }
  for (const Benchmark& benchmark : Matching(flags.filter)) {
    if (flags.list) {
      std::printf("%s\n", benchmark.name.c_str());
      continue;
    }
    int procs = benchmark.procs != 0 ? benchmark.procs : flags.procs;
    for (const Series& series : RunInChildren(benchmark, procs, effort)) {
      Report(series, procs, flags.json);
    }
  }
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::Main(argc, argv); }
