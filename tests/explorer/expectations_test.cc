// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What graders expect of all interleavings together.

#include <gtest/gtest-spi.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/explorer/explore.h"
#include "runtime/runtime.h"

namespace {

using ::rt::explorer::CheckFinds;
using ::rt::explorer::CheckOutcomes;
using ::rt::explorer::CheckQuietly;
using ::rt::explorer::Explore;
using ::rt::explorer::Gauge;
using ::rt::explorer::Operations;
using ::rt::explorer::Options;
using ::rt::explorer::Result;
using ::rt::explorer::Sometimes;
using ::rt::explorer::Verdict;
using ::rt::explorer::grader::NamedResult;
using ::rt::explorer::grader::TakeResults;

// Two readers, under a lock that lets them be there together or not.
template <typename Lock>
void TwoReaders() {
  Lock lock;
  Gauge readers;
  rt::WaitGroup wg;
  for (int i = 0; i < 2; ++i) {
    wg.Go([&] {
      if constexpr (std::is_same_v<Lock, rt::RWMutex>) {
        lock.RLock();
      } else {
        lock.Lock();
      }
      Sometimes(readers.Enter() == 2, "two readers at once");
      rt::Gosched();
      readers.Leave();
      if constexpr (std::is_same_v<Lock, rt::RWMutex>) {
        lock.RUnlock();
      } else {
        lock.Unlock();
      }
    });
  }
  wg.Wait();
}

TEST(Sometimes, HoldsIfItDoesInOneInterleaving) {
  Result result = Explore(Options(), &TwoReaders<rt::RWMutex>);
  EXPECT_EQ(result.verdict, Verdict::kPassed) << result.summary;
  EXPECT_TRUE(result.complete);
}

TEST(Sometimes, IsWrongIfItNeverDoes) {
  Result result = Explore(Options(), &TwoReaders<rt::Mutex>);
  EXPECT_EQ(result.verdict, Verdict::kWrong);
  EXPECT_EQ(result.summary, "never happens: two readers at once");
  // The next exploration knows nothing of it.
  EXPECT_TRUE(Explore(Options(), [] {}).passed());
}

// A gauge is no lock: it neither orders what goroutines do nor is a race.
TEST(Gauge, HidesNoRace) {
  Result result = Explore(Options(), [] {
    int n = 0;
    Gauge gauge;
    rt::WaitGroup wg;
    for (int i = 0; i < 2; ++i) {
      wg.Go([&] {
        gauge.Enter();
        ++n;
        gauge.Leave();
      });
    }
    wg.Wait();
  });
  EXPECT_EQ(result.verdict, Verdict::kRace);
  EXPECT_NE(result.summary.find("`n`"), std::string::npos) << result.summary;
}

// A value that is computed once: under a lock each time, or only as long as it
// is not known.
void AskedTwice(bool looks_first) {
  rt::Mutex mu;
  std::atomic<int> value = 0;
  auto get = [&] {
    if (looks_first && value != 0) return value.load();
    mu.Lock();
    value = 42;
    mu.Unlock();
    return 42;
  };
  get();
  uint64_t before = Operations();
  rt::WaitGroup wg;
  wg.Go([&] { get(); });
  EXPECT_EQ(get(), 42);
  EXPECT_LE(Operations() - before, 3);  // Add, and two looks.
  wg.Wait();
}

TEST(Operations, AreThoseOfTheGoroutineThatAsks) {
  Result result = Explore(Options(), [] { AskedTwice(true); });
  EXPECT_TRUE(result.passed()) << result.summary;
  result = CheckQuietly(Options(), [] { AskedTwice(false); });
  EXPECT_EQ(result.verdict, Verdict::kWrong);
}

// 1 if both increments read 0, else 2.
std::string LostUpdate() {
  std::atomic<int> n = 0;
  rt::WaitGroup wg;
  for (int i = 0; i < 2; ++i) wg.Go([&] { n = n + 1; });
  wg.Wait();
  return std::to_string(n);
}

// Runs the check, and returns its result; the test's own failure is caught.
Result ResultOf(const std::function<void()>& check) {
  testing::TestPartResultArray unused;
  testing::ScopedFakeTestPartResultReporter reporter(
      testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD,
      &unused);
  TakeResults();
  check();
  return TakeResults().at(0).result;
}

struct OutcomesCase {
  std::set<std::string> allowed;
  Verdict verdict;
  std::string_view said;  // At the beginning.
};

TEST(CheckOutcomes, AllOfThemAndNoOther) {
  const OutcomesCase kCases[] = {
      {{"1", "2"}, Verdict::kPassed, "verified: all "},
      {{"2"}, Verdict::kWrong, "the outcome is 1, which is none of 2"},
      {{"1", "2", "3"}, Verdict::kWrong, "never happens: the outcome 3"},
  };
  for (const OutcomesCase& c : kCases) {
    Result result =
        ResultOf([&] { CheckOutcomes(Options(), c.allowed, &LostUpdate); });
    EXPECT_EQ(result.verdict, c.verdict);
    const std::string& said =
        result.expectation.empty() ? result.summary : result.expectation;
    EXPECT_EQ(said.substr(0, c.said.size()), c.said);
  }
}

void Lock2Times() {
  rt::Mutex mu;
  mu.Lock();
  mu.Lock();
}

TEST(CheckFinds, WhatIsThere) {
  Result result =
      ResultOf([] { CheckFinds(Verdict::kDeadlock, Options(), &Lock2Times); });
  EXPECT_EQ(result.verdict, Verdict::kPassed);
  EXPECT_EQ(result.summary.substr(0, 24), "as it should: DEADLOCK, ");
}

TEST(CheckFinds, FailsForAnotherVerdict) {
  Result result =
      ResultOf([] { CheckFinds(Verdict::kRace, Options(), &Lock2Times); });
  EXPECT_EQ(result.verdict, Verdict::kDeadlock);
  result = ResultOf([] { CheckFinds(Verdict::kRace, Options(), [] {}); });
  EXPECT_EQ(result.verdict, Verdict::kWrong);
  EXPECT_EQ(result.summary,
            "it should be a RACE, but: verified: the only interleaving");
}

}  // namespace
