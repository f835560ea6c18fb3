// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A failure is told by a short interleaving, and by one of the same failure.
// (That no story is ever longer than the one found, for many programs, is
// tested where the programs are: ExpectToldShortly.)

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/explorer/explore.h"
#include "runtime/explorer/report_text.h"
#include "runtime/runtime.h"

namespace {

using ::rt::explorer::CheckQuietly;
using ::rt::explorer::Choose;
using ::rt::explorer::Options;
using ::rt::explorer::Refuse;
using ::rt::explorer::Result;
using ::rt::explorer::Search;
using ::rt::explorer::Verdict;

Options By(Search search) {
  Options options;
  options.search = search;
  return options;
}

// Without the hash of this program.
std::string Choices(const Result& result) {
  return result.replay.substr(result.replay.rfind('-') + 1);
}

TEST(Minimize, LeavesOutWhoHasNoPartInIt) {
  Result result = CheckQuietly(By(Search::kSampled), [] {
    std::atomic<int> unrelated = 0;
    int n = 0;
    rt::WaitGroup wg;
    for (int i = 0; i < 3; ++i) {
      wg.Go([&] {
        for (int k = 0; k < 5; ++k) ++unrelated;
      });
    }
    for (int i = 0; i < 2; ++i) wg.Go([&] { ++n; });
    wg.Wait();
  });
  EXPECT_EQ(result.verdict, Verdict::kRace);
  EXPECT_EQ(result.preemptions, 0u);
  // Main adds five times and starts them all; of those that count, none does.
  EXPECT_EQ(Choices(result), "0x5") << TextReport(result, "");
}

// One preemption at the right place, of many that were there.
TEST(Minimize, PreemptsOnce) {
  Result result = CheckQuietly(By(Search::kSampled), [] {
    std::atomic<int> n = 0;
    rt::WaitGroup wg;
    for (int i = 0; i < 3; ++i) {
      wg.Go([&] {
        for (int k = 0; k < 3; ++k) n.store(n.load() + 1);
      });
    }
    wg.Wait();
    EXPECT_EQ(n, 9);
  });
  EXPECT_EQ(result.verdict, Verdict::kWrong);
  EXPECT_TRUE(result.shortened);
  EXPECT_EQ(result.preemptions, 1u) << TextReport(result, "");
}

TEST(Minimize, DrawsSmallNumbers) {
  Result result = CheckQuietly(By(Search::kSampled), [] {
    uint64_t a = Choose(100);
    uint64_t b = Choose(100);
    EXPECT_LT(a + b, 90u);
  });
  EXPECT_EQ(result.verdict, Verdict::kWrong);
  size_t second = result.replay.rfind(".v");
  uint64_t a = std::stoull(Choices(result).substr(1));
  uint64_t b = std::stoull(result.replay.substr(second + 2));
  EXPECT_EQ(a + b, 90u) << result.replay;
}

// What is at line B fails without any preemption, and with a smaller number.
TEST(Minimize, ShowsTheBugThatWasFound) {
  auto body = [](bool by_expectation) {
    uint64_t number = Choose(64);
    std::atomic<int> n = 0;
    rt::WaitGroup wg;
    for (int i = 0; i < 2; ++i) wg.Go([&] { n.store(n.load() + 1); });
    wg.Wait();
    if (by_expectation) {
      EXPECT_TRUE(number == 0 || n == 2);  // Line A.
      EXPECT_TRUE(number != 0 || n == 3);  // Line B.
    } else if (number == 0 || n != 2) {
      Refuse(Verdict::kWrong, number == 0 ? "B" : "A");
    }
  };
  for (bool by_expectation : {true, false}) {
    Result result =
        CheckQuietly(By(Search::kSampled), [&] { body(by_expectation); });
    EXPECT_EQ(result.verdict, Verdict::kWrong);
    EXPECT_EQ(Choices(result).substr(0, 3), "v1.");
    EXPECT_EQ(result.preemptions, 1u);
    if (by_expectation) {
      EXPECT_NE(result.locations.at(0).text.find("Line A"), std::string::npos);
    } else {
      EXPECT_EQ(result.expectation, "A");
    }
  }
}

// Two ways to wait for ever at the same lines: one never unlocks, the others
// wait for each other.
TEST(Minimize, ShowsTheDeadlockThatWasFound) {
  auto body = [] {
    uint64_t number = Choose(1'000);
    rt::Mutex a, b;
    std::atomic<int> unrelated = 0;
    while (unrelated < 5 && number != 0) ++unrelated;
    rt::WaitGroup wg;
    wg.Go([&] {
      a.Lock();
      b.Lock();
      b.Unlock();
      a.Unlock();
    });
    wg.Go([&] {
      b.Lock();
      if (number == 0) return;
      a.Lock();
      a.Unlock();
      b.Unlock();
    });
    wg.Wait();
  };
  Result result = CheckQuietly(By(Search::kSampled), body);
  EXPECT_EQ(result.verdict, Verdict::kDeadlock);
  EXPECT_EQ(result.expectation.find("never unlocked"), std::string::npos);
  EXPECT_EQ(Choices(result).substr(0, 3), "v1.");
}

// What failed executions leave behind is bounded, and so is their number.
TEST(Minimize, IsBounded) {
  int failed = 0;
  Result result = CheckQuietly(By(Search::kSampled), [&] {
    char* volatile large = new char[10 << 20];
    std::atomic<int> n = 0;
    rt::WaitGroup wg;
    for (int i = 0; i < 5; ++i) wg.Go([&] { n.store(n.load() + 1); });
    wg.Wait();
    if (n != 5) ++failed;
    EXPECT_EQ(n, 5);
    delete[] large;
  });
  EXPECT_EQ(result.verdict, Verdict::kWrong);
  EXPECT_LT(failed, 20);

  int runs = 0;
  result = CheckQuietly(By(Search::kSampled), [&] {
    ++runs;
    std::atomic<bool> done = false;
    rt::WaitGroup wg;
    for (int i = 0; i < 20; ++i) {
      wg.Go([&] {
        while (!done) rt::Gosched();
      });
    }
    wg.Wait();
  });
  EXPECT_EQ(result.verdict, Verdict::kLivelock);
  EXPECT_LT(runs, 50);
}

TEST(Minimize, IsTold) {
  auto body = [] {
    std::atomic<int> n = 0;
    rt::WaitGroup wg;
    for (int i = 0; i < 2; ++i) wg.Go([&] { n.store(n.load() + 1); });
    wg.Wait();
    EXPECT_EQ(n, 2);
  };
  Options options = By(Search::kSampled);
  Result told = CheckQuietly(options, body);
  EXPECT_NE(
      TextReport(told, "").find("; this is a shorter one that fails alike\n"),
      std::string::npos);
  options.shorten = false;
  Result found = CheckQuietly(options, body);
  EXPECT_FALSE(found.shortened);
  EXPECT_GT(found.preemptions, told.preemptions);
  EXPECT_EQ(TextReport(found, "").find("shorter"), std::string::npos);
}

}  // namespace
