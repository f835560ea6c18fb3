// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// How many executions the searches need, exactly. A change of a number here is
// a change of the reduction and needs a reason.

#include <cstdint>
#include <utility>

#include "gtest/gtest.h"
#include "runtime/explorer/explore.h"
#include "runtime/runtime.h"
#include "tests/explorer/anchors.h"

namespace {

using ::anchors::LockedIncrements;
using ::anchors::Philosophers;
using ::rt::explorer::Explore;
using ::rt::explorer::Options;
using ::rt::explorer::Result;
using ::rt::explorer::Search;
using ::rt::explorer::Verdict;

Options With(Search search, uint64_t max_executions = 100'000) {
  Options options;
  options.search = search;
  options.max_executions = max_executions;
  return options;
}

struct IncrementsCase {
  int goroutines;
  int times;
  uint64_t executions;
};

class LockedIncrementsTest : public testing::TestWithParam<IncrementsCase> {};

TEST_P(LockedIncrementsTest, OneExecutionForEachOrderOfCriticalSections) {
  IncrementsCase c = GetParam();
  Result result = Explore(With(Search::kReduced),
                          [&] { LockedIncrements(c.goroutines, c.times); });
  EXPECT_EQ(result.verdict, Verdict::kPassed) << result.summary;
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.executions, c.executions);
}

INSTANTIATE_TEST_SUITE_P(
    Counts, LockedIncrementsTest,
    testing::Values(IncrementsCase{1, 3, 1}, IncrementsCase{2, 1, 2},
                    IncrementsCase{2, 2, 6}, IncrementsCase{3, 1, 6},
                    IncrementsCase{4, 2, 2'520}, IncrementsCase{3, 4, 34'650}));

// Each fork is taken by one of its two philosophers first: 2^3 orders, less
// the two circles.
TEST(Philosophers, OrderedOnesHaveSixInterleavings) {
  Result result =
      Explore(With(Search::kReduced), [] { Philosophers(/*ordered=*/true); });
  EXPECT_EQ(result.verdict, Verdict::kPassed) << result.summary;
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.executions, 6u);
}

TEST(Philosophers, UnorderedOnesDeadlock) {
  for (Search search : {Search::kReduced, Search::kPortfolio, Search::kNaive}) {
    Result result = Explore(With(search), [] { Philosophers(false); });
    EXPECT_EQ(result.verdict, Verdict::kDeadlock) << result.summary;
  }
}

// Without reduction. Two goroutines a and b of two steps each, both started
// before either runs: aabb, abab, abba and the same with a and b exchanged.
TEST(Naive, EveryInterleavingOfTwoStepsEach) {
  Result result = Explore(With(Search::kNaive), [] {
    for (int i = 0; i < 2; ++i) {
      rt::Go([] {
        rt::Gosched();
        rt::Gosched();
      });
    }
  });
  EXPECT_EQ(result.verdict, Verdict::kPassed);
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.executions, 6u);
}

TEST(Choose, EveryNumberIsDrawn) {
  for (Search search : {Search::kReduced, Search::kNaive}) {
    Result result = Explore(With(search), [] {
      rt::explorer::Choose(3);
      rt::explorer::Choose(4);
    });
    EXPECT_TRUE(result.complete);
    EXPECT_EQ(result.executions, 12u);
  }
}

TEST(Budget, EndsTheSearchWithoutACompleteVerdict) {
  Result result =
      Explore(With(Search::kReduced, 100), [] { LockedIncrements(3, 4); });
  EXPECT_EQ(result.verdict, Verdict::kPassed);
  EXPECT_FALSE(result.complete);
  EXPECT_EQ(result.executions, 100u);
  EXPECT_EQ(result.summary, "no failure in 100 interleavings");
}

// Without a preemption three goroutines run in 3! orders.
TEST(Bounded, EveryInterleavingWithSoManyPreemptions) {
  const uint64_t kExecutions[] = {6, 86, 939};
  for (uint64_t bound : {0, 1, 2}) {
    Options options = With(Search::kBounded);
    options.max_preemptions = bound;
    Result result = Explore(options, [] { LockedIncrements(3, 4); });
    EXPECT_EQ(result.executions, kExecutions[bound]);
    EXPECT_EQ(result.complete_preemptions, bound);
    EXPECT_FALSE(result.complete);
  }
}

// What can be said of a search that was cut.
TEST(Portfolio, SaysUpToWhichBoundItWasComplete) {
  const std::pair<uint64_t, const char*> kCases[] = {
      {5, "no failure in 2402 interleavings"},
      {50,
       "no failure in 2498 interleavings, among them all without a preemption"},
      {500,
       "no failure in 3484 interleavings, among them all with at most 1 "
       "preemption"},
      {5'000,
       "no failure in 8423 interleavings, among them all with at most 2 "
       "preemptions"}};
  for (auto [max_executions, summary] : kCases) {
    Result result = Explore(With(Search::kPortfolio, max_executions),
                            [] { LockedIncrements(3, 4); });
    EXPECT_EQ(result.verdict, Verdict::kPassed);
    EXPECT_FALSE(result.complete);
    EXPECT_EQ(result.summary, summary);
  }
}

}  // namespace
