// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Measures the explorer: for each small program and search one line,
//
//   program<TAB>search<TAB>executions<TAB>executions per second<TAB>verdict
//
// of the fastest of some rounds, each of which searches again and again for a
// part of a second, on one thread. See README.md.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <regex>
#include <string>
#include <string_view>

#include "runtime/explorer/explore.h"
#include "tests/explorer/anchors.h"

namespace {

using rt::explorer::Explore;
using rt::explorer::Options;
using rt::explorer::Result;
using rt::explorer::Search;

struct Program {
  const char* name;
  std::function<void()> body;
};

const Program kPrograms[] = {
    {"2 goroutines x 2 locked increments",
     [] { anchors::LockedIncrements(2, 2); }},
    {"3 philosophers, can deadlock", [] { anchors::Philosophers(false); }},
    {"3 philosophers, ordered", [] { anchors::Philosophers(true); }},
    {"2 producers, 1 consumer, 1 item each",
     [] { anchors::ProducersAndConsumer(1); }},
    {"2 producers, 1 consumer, 2 items each",
     [] { anchors::ProducersAndConsumer(2); }},
    {"4 goroutines x 2 locked increments",
     [] { anchors::LockedIncrements(4, 2); }},
    {"3 goroutines x 4 locked increments",
     [] { anchors::LockedIncrements(3, 4); }},
};

constexpr char kUsage[] =
    R"(usage: explorer_bench [--filter=REGEXP] [--smoke]

  --filter=REGEXP  only programs whose name it matches, anywhere in it
  --smoke          one short round: tells only whether the searches still run
)";

struct Flags {
  std::string filter;
  bool smoke = false;
};

[[noreturn]] void Refuse(const std::string& why) {
  std::fprintf(stderr, "explorer_bench: %s\n\n%s", why.c_str(), kUsage);
  std::exit(2);
}

Flags ParseFlags(int argc, char** argv) {
  constexpr std::string_view kFilter = "--filter=";
  Flags flags;
  for (int i = 1; i < argc; ++i) {
    std::string_view argument = argv[i];
    if (argument == "--help") {
      std::printf("%s", kUsage);
      std::exit(0);
    } else if (argument == "--smoke") {
      flags.smoke = true;
    } else if (argument.starts_with(kFilter)) {
      flags.filter = argument.substr(kFilter.size());
    } else {
      Refuse("what is " + std::string(argument) + "?");
    }
  }
  return flags;
}

struct Method {
  const char* name;
  Search search;
  uint64_t max_executions;
};

const Method kMethods[] = {
    {"reduced", Search::kReduced, 1'000'000},
    {"sampled", Search::kSampled, 10'000},
};

void Measure(const Program& program, const Method& method, bool smoke) {
  Options options;
  options.search = method.search;
  options.max_executions = method.max_executions;
  const int rounds = smoke ? 1 : 5;
  const std::chrono::milliseconds least(smoke ? 0 : 200);
  double best = 0;
  Result result;
  for (int round = 0; round < rounds; ++round) {
    uint64_t executions = 0;
    auto begin = std::chrono::steady_clock::now();
    std::chrono::duration<double> took{};
    do {
      result = Explore(options, program.body);
      executions += result.executions;
      took = std::chrono::steady_clock::now() - begin;
    } while (took < least);
    best = std::max(best, static_cast<double>(executions) / took.count());
  }
  std::printf("%s\t%s\t%llu\t%.0f\t%s\n", program.name, method.name,
              static_cast<unsigned long long>(result.executions), best,
              result.summary.c_str());
}

bool Matches(const char* name, const std::string& filter) {
  try {
    return std::regex_search(name, std::regex(filter));
  } catch (const std::regex_error& error) {
    Refuse("--filter=" + filter + ": " + error.what());
  }
}

}  // namespace

int main(int argc, char** argv) {
  Flags flags = ParseFlags(argc, argv);
  bool any = false;
  for (const Program& program : kPrograms) {
    if (!Matches(program.name, flags.filter)) continue;
    any = true;
    for (const Method& method : kMethods) {
      Measure(program, method, flags.smoke);
    }
  }
  if (!any) Refuse("--filter=" + flags.filter + ": no program has such a name");
}
