// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The reduced search finds exactly what plain enumeration finds: on some
// hundred programs drawn from seeds (generated_program.h), the sets of outcomes
// are the same. With --test_env=PROGRAMS=5000 on so many for each topic.
//
// An outcome is what every goroutine saw, what is left in the objects, and
// whether somebody waits for ever. A fatal error or a race ends an execution in
// the middle, and a search at the first: there it is enough that both searches
// find one.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/explorer/bounded.h"
#include "runtime/explorer/engine.h"
#include "runtime/explorer/exhaustive.h"
#include "runtime/explorer/sampling.h"
#include "tests/explorer/generated_program.h"

namespace rt::testing {
namespace {

using explorer::Bounded;
using explorer::Engine;
using explorer::ExecutionOptions;
using explorer::Exhaustive;
using explorer::Random;
using explorer::Strategy;
using explorer::Verdict;

// Programs for each topic, and how many of them are small enough to compare.
constexpr int kPrograms = 40;
constexpr int kCompared = 30;
constexpr int kTopics = static_cast<int>(Topic::kCount);
static_assert(kTopics * kCompared >= 300);

// Executions after which a search is given up.
constexpr uint64_t kMost = 8'000;

struct Found {
  std::set<std::string> outcomes;
  bool fails = false;     // Some execution did not come to its end.
  bool complete = false;  // Nothing is left to search.
  uint64_t executions = 0;
  uint64_t redundant = 0;
};

Found RunAll(const Program& program, Strategy& strategy) {
  Found found;
  Engine& engine = Engine::Get();
  ExecutionOptions options;
  options.max_fruitless_reads = 1'000;  // Who repeats a read has its reasons.
  Observed observed;
  while (found.executions + found.redundant < kMost) {
    if (!strategy.BeginExecution()) {
      found.complete = true;
      break;
    }
    observed.Clear();
    Objects* objects = nullptr;
    engine.Execute([&] { objects = RunProgram(program, observed); }, strategy,
                   options);
    EXPECT_FALSE(engine.diverged()) << ProgramText(program);
    Verdict verdict = engine.failure().verdict;
    bool whole = verdict == Verdict::kPassed || verdict == Verdict::kDeadlock ||
                 verdict == Verdict::kLeak;
    FinishProgram(objects, whole, observed);
    if (strategy.redundant()) {
      ++found.redundant;
      continue;
    }
    ++found.executions;
    if (whole) {
      found.outcomes.insert(
          absl::StrCat(VerdictText(verdict), " ", observed.Text()));
    } else {
      found.fails = true;
    }
  }
  return found;
}

// What is in `all` and not in `some`, after `title`; empty if that is nothing.
std::string Missing(const char* title, const std::set<std::string>& all,
                    const std::set<std::string>& some) {
  std::string text;
  for (const std::string& outcome : all) {
    if (some.count(outcome) > 0) continue;
    absl::StrAppend(&text, text.empty() ? title : "", "  ", outcome, "\n");
  }
  return text;
}

struct Comparison {
  bool complete = false;   // Both searches were.
  std::string difference;  // Empty: as it should be.
  double redundant = 0;    // Redundant executions for each one that counts.
  uint64_t naive = 0;
  uint64_t reduced = 0;
};

// Where plain enumeration takes too long, at least what it finds with two
// preemptions, or before it is given up, must be among what the reduced search
// finds.
Comparison Compare(const Program& program) {
  Comparison comparison;
  Exhaustive exhaustive;
  Found reduced = RunAll(program, exhaustive);
  if (!reduced.complete) return comparison;
  comparison.redundant = static_cast<double>(reduced.redundant) /
                         static_cast<double>(reduced.executions);
  for (uint64_t bound : {uint64_t{2}, Bounded::kUnbounded}) {
    Bounded bounded(bound);
    Found naive = RunAll(program, bounded);
    std::string& why = comparison.difference;
    if (naive.fails && !reduced.fails) absl::StrAppend(&why, "no failure\n");
    if (naive.fails || reduced.fails) {
      comparison.complete = naive.complete;
      continue;
    }
    absl::StrAppend(&why,
                    Missing("missed:\n", naive.outcomes, reduced.outcomes));
    if (bound != Bounded::kUnbounded || !naive.complete) continue;
    comparison.complete = true;
    comparison.naive = naive.executions;
    comparison.reduced = reduced.executions;
    absl::StrAppend(&why,
                    Missing("invented:\n", reduced.outcomes, naive.outcomes));
    if (reduced.executions > naive.executions) {
      absl::StrAppend(&why, reduced.executions, " executions, where there are ",
                      naive.executions, "\n");
    }
  }
  return comparison;
}

// The program with as much taken away as leaves a difference.
Program Shrunk(Program program) {
  for (size_t b = 0; b < program.bodies.size(); ++b) {
    for (size_t i = program.bodies[b].size(); i-- > 0;) {
      Program less = program;
      auto at = less.bodies[b].begin() + static_cast<ptrdiff_t>(i);
      // Those that nobody starts say nothing.
      if (at->action == Action::kGo) {
        less.bodies[static_cast<size_t>(at->number)].clear();
      }
      less.bodies[b].erase(at);
      if (!Compare(less).difference.empty()) program = less;
    }
  }
  return program;
}

class GeneratedTest : public ::testing::TestWithParam<int> {};

TEST_P(GeneratedTest, ReducedAndNaiveFindTheSameOutcomes) {
  const char* wanted = getenv("PROGRAMS");
  int programs = wanted == nullptr ? kPrograms : atoi(wanted);
  int compared = 0;
  uint64_t naive = 0;
  uint64_t reduced = 0;
  double most_redundant = 0;
  for (int i = 0; i < programs; ++i) {
    uint64_t seed = static_cast<uint64_t>(GetParam()) * 1'000'000 +
                    static_cast<uint64_t>(i);
    Random random(seed);
    Program program = DrawProgram(static_cast<Topic>(GetParam()), random);
    Comparison comparison = Compare(program);
    if (!comparison.difference.empty()) {
      program = Shrunk(program);
      ADD_FAILURE() << "seed " << seed << ", " << ProgramText(program)
                    << Compare(program).difference;
    }
    most_redundant = std::max(most_redundant, comparison.redundant);
    if (!comparison.complete) continue;
    ++compared;
    naive += comparison.naive;
    reduced += comparison.reduced;
  }
  RecordProperty("compared", compared);
  RecordProperty("naive", absl::StrCat(naive));
  RecordProperty("reduced", absl::StrCat(reduced));
  RecordProperty("most_redundant", absl::StrCat(most_redundant));
  EXPECT_GE(compared, programs * kCompared / kPrograms);
  EXPECT_LE(reduced, naive);
  // Sleep sets alone cannot keep every redundant execution from being begun.
  EXPECT_LT(most_redundant, 8);
}

INSTANTIATE_TEST_SUITE_P(Topics, GeneratedTest, ::testing::Range(0, kTopics));

// Programs on which the search misses something without one of its rules.
struct Row {
  const char* name;
  std::vector<std::vector<Instruction>> bodies;
};

class MissedOnceTest : public ::testing::TestWithParam<Row> {};

TEST_P(MissedOnceTest, ReducedAndNaiveFindTheSameOutcomes) {
  Program program;
  program.bodies = GetParam().bodies;
  program.roots = program.bodies.size();
  program.capacity[1] = 2;
  Comparison comparison = Compare(program);
  EXPECT_TRUE(comparison.complete);
  EXPECT_EQ(comparison.difference, "") << ProgramText(program);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, MissedOnceTest,
    ::testing::Values(
        // A Lock that waits for ever was no possibility before the TryLock that
        // failed, but it was before the Lock in front of that.
        Row{"LockBehindATryLock",
            {{{Action::kHold, 0, 0}},
             {{Action::kHold, 0, 0}, {Action::kTryLock, 0, 0}}}},
        // The Wait is possible before both of the Adds only.
        Row{"WaitBehindTwoAdds",
            {{{Action::kDone, 0, 0},
              {Action::kAdd, 0, 0},
              {Action::kAdd, 0, 0}},
             {{Action::kWait, 0, 0}}}},
        // A Lock held up where all others sleep.
        Row{"HeldUpAmongSleepers",
            {{{Action::kTryLock, 1, 0},
              {Action::kTryLock, 0, 0},
              {Action::kHold, 1, 0}},
             {{Action::kHold, 0, 0}, {Action::kStore, 0, 0}},
             {{Action::kHold, 1, 0}, {Action::kOnce, 0, 0}}}},
        // Whoever completes a select has been at its other channel, too.
        Row{"SelectCompletedElsewhere",
            {{{Action::kSend, 1, 0}},
             {{Action::kSelect, 0, 6}},
             {{Action::kSelect, 0, 2}}}},
        // The Unlock of another goroutine's lock may come too early.
        Row{"UnlockByAnother",
            {{{Action::kUnlock, 0, 0}}, {{Action::kHold, 0, 0}}}}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace rt::testing
