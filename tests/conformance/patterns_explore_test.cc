// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What is made of the primitives, under the explorer: what it must find, each
// beside a near miss that must pass.

#include <functional>
#include <optional>
#include <ostream>
#include <string>

#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/explorer/explore.h"
#include "runtime/runtime.h"
#include "runtime/singleflight.h"

namespace {

using ::rt::explorer::CheckQuietly;
using ::rt::explorer::Options;
using ::rt::explorer::Result;
using ::rt::explorer::Verdict;
using ::rt::explorer::VerdictText;

struct Case {
  const char* name;
  Verdict verdict;
  std::function<void()> body;
  const char* says = "";  // In the summary, or beside it.
};

void PrintTo(const Case& c, std::ostream* os) { *os << c.name; }

class PatternsExploreTest : public testing::TestWithParam<Case> {};

TEST_P(PatternsExploreTest, IsJudged) {
  Result result = CheckQuietly(Options(), GetParam().body);
  EXPECT_STREQ(VerdictText(result.verdict), VerdictText(GetParam().verdict))
      << result.summary << "\n"
      << result.expectation;
  std::string said = result.summary + "\n" + result.expectation;
  EXPECT_NE(said.find(GetParam().says), std::string::npos) << said;
  if (result.passed()) {
    EXPECT_TRUE(result.complete);
  }
}

// --- singleflight ------------------------------------------------------------

// Two goroutines want the same; a cache behind the group makes sure that it is
// fetched once, unless it is looked at before the group only.
void FetchOnce(bool look_inside) {
  rt::singleflight::Group<int, int> group;
  rt::Mutex mu;
  std::optional<int> cache;
  int fetched = 0;
  auto look = [&] {
    mu.Lock();
    std::optional<int> found = cache;
    mu.Unlock();
    return found;
  };
  auto get = [&] {
    if (std::optional<int> found = look()) return *found;
    return group
        .Do(1,
            [&] {
              if (look_inside) {
                if (std::optional<int> found = look()) return *found;
              }
              ++fetched;  // One at a time, says the group.
              mu.Lock();
              cache = 7;
              mu.Unlock();
              return 7;
            })
        .value;
  };
  rt::WaitGroup wg;
  wg.Go([&] { EXPECT_EQ(get(), 7); });
  EXPECT_EQ(get(), 7);
  wg.Wait();
  EXPECT_EQ(fetched, 1);
}

// What the function wrote is seen by whoever shares its result, not by who asks
// for something else.
void ReadWhatWasFetched(int key) {
  rt::singleflight::Group<int, bool> group;
  int fetched = 0;
  auto chan = group.DoChan(1, [&] {
    ++fetched;
    return true;
  });
  group.Do(key, [&] { return true; });
  EXPECT_LE(fetched, 1);
  chan.Recv();
}

void WaitForItself(bool same_key) {
  rt::singleflight::Group<int, int> group;
  group.Do(1,
           [&] { return group.Do(same_key ? 1 : 2, [] { return 3; }).value; });
}

void PanicShared(bool in_do) {
  rt::singleflight::Group<int, int> group;
  auto fail = []() -> int { throw rt::Panic("offline"); };
  rt::WaitGroup wg;
  wg.Go([&] {
    try {
      group.Do(1, fail);
    } catch (const rt::Panic&) {
    }
  });
  if (in_do) {
    try {
      group.Do(1, fail);
    } catch (const rt::Panic&) {
    }
  } else {
    group.DoChan(1, [] { return 1; }).Recv();
  }
  wg.Wait();
}

INSTANTIATE_TEST_SUITE_P(
    Singleflight, PatternsExploreTest,
    testing::Values(
        Case{"look_inside", Verdict::kPassed, [] { FetchOnce(true); }},
        Case{"look_outside_only", Verdict::kWrong, [] { FetchOnce(false); }},
        Case{"same_key", Verdict::kPassed, [] { ReadWhatWasFetched(1); }},
        Case{"other_key", Verdict::kRace, [] { ReadWhatWasFetched(2); }},
        Case{"another_key_inside", Verdict::kPassed,
             [] { WaitForItself(false); }},
        Case{"itself_inside", Verdict::kDeadlock, [] { WaitForItself(true); },
             "main waits for the end of a call for the same key, which never "
             "comes"},
        Case{"panic_in_do", Verdict::kPassed, [] { PanicShared(true); }},
        Case{"panic_that_nobody_can_catch", Verdict::kPanic,
             [] { PanicShared(false); }, "panic: offline"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
