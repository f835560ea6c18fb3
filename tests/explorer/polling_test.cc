// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Who looks again and again, and sees the same: what it waits for must not
// escape it, it may give up, and neither is to be mistaken for a livelock.

#include <atomic>
#include <string>

#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/explorer/explore.h"
#include "runtime/runtime.h"
#include "tests/support/explore_test.h"

namespace {

using ::rt::explorer::CheckQuietly;
using ::rt::explorer::Options;
using ::rt::explorer::Result;
using ::rt::explorer::Search;
using ::rt::explorer::Verdict;
using ::rt::testing::ExploreCase;
using ::rt::testing::RowName;

using PollingTest = ::rt::testing::ExploreTest;

TEST_P(PollingTest, IsJudged) { Judge(); }

// It looks so often, and does not wait. `must_be`: and yet relies on it.
void GiveUp(int tries, bool yield, bool must_be) {
  std::atomic<bool> ready = false;
  rt::WaitGroup wg;
  wg.Go([&] {
    bool seen = false;
    for (int i = 0; i < tries && !seen; ++i) {
      seen = ready;
      if (yield) rt::Gosched();
    }
    EXPECT_TRUE(seen || !must_be) << "gave up";
  });
  ready = true;
  wg.Wait();
}

// The one gives up by itself; that is what the other waits for, under a lock.
void GiveUpWhileAnotherPolls(int tries) {
  std::atomic<bool> ready = false;
  bool gave_up = false;
  rt::Mutex mu;
  rt::WaitGroup wg;
  wg.Go([&] {
    for (int i = 0; i < tries; ++i) {
      if (ready) return;
    }
    mu.Lock();
    gave_up = true;
    mu.Unlock();
  });
  for (bool stop = false; !stop;) {
    mu.Lock();
    stop = gave_up;
    mu.Unlock();
  }
  ready = true;
  wg.Wait();
}

INSTANTIATE_TEST_SUITE_P(
    Rows, PollingTest,
    testing::Values(ExploreCase{"GivesUp", Verdict::kWrong,
                                [] { GiveUp(10, false, true); }, "gave up"},
                    ExploreCase{"GivesUpLate", Verdict::kWrong,
                                [] { GiveUp(90, false, true); }, "gave up"},
                    ExploreCase{"YieldsAndGivesUp", Verdict::kWrong,
                                [] { GiveUp(10, true, true); }, "gave up"},
                    ExploreCase{"MayGiveUp", Verdict::kPassed,
                                [] { GiveUp(10, false, false); }},
                    ExploreCase{"MayYieldAndGiveUp", Verdict::kPassed,
                                [] { GiveUp(10, true, false); }},
                    ExploreCase{"GivesUpWhileAnotherPolls", Verdict::kPassed,
                                [] { GiveUpWhileAnotherPolls(10); }}),
    RowName());

// The filter lock for three (Peterson, "Myths about the mutual exclusion
// problem", 1981). Who waits reads several places in turn, and one of them may
// change just after he has read it.
void FilterLock() {
  constexpr int kThreads = 3;
  std::atomic<int> level[kThreads] = {};
  std::atomic<int> last[kThreads] = {};
  int visits = 0;
  rt::WaitGroup wg;
  for (int me = 0; me < kThreads; ++me) {
    wg.Go([&, me] {
      auto must_wait = [&](int at) {
        bool others = false;
        for (int i = 0; i < kThreads; ++i) {
          if (i != me && level[i] >= at) others = true;
        }
        return others && last[at] == me;
      };
      for (int at = 1; at < kThreads; ++at) {
        level[me] = at;
        last[at] = me;
        while (must_wait(at)) {
        }
      }
      ++visits;
      level[me] = 0;
    });
  }
  wg.Wait();
  EXPECT_EQ(visits, kThreads);
}

TEST(Polling, NothingThatItReadsChangesUnseen) {
  Options options;
  options.search = Search::kSampled;
  options.max_executions = 2'000;
  Result result = CheckQuietly(options, &FilterLock);
  EXPECT_TRUE(result.passed()) << result.summary;
}

// What was found with more patience than usual is replayed with as much.
TEST(Polling, GivingUpIsReplayed) {
  for (bool yield : {false, true}) {
    auto body = [yield] { GiveUp(10, yield, true); };
    Result found = CheckQuietly(Options(), body);
    ASSERT_EQ(found.verdict, Verdict::kWrong);
    Options options;
    options.replay = found.replay;
    Result replayed = CheckQuietly(options, body);
    EXPECT_EQ(replayed.verdict, found.verdict) << replayed.summary;
    EXPECT_EQ(replayed.replay, found.replay);
    EXPECT_EQ(replayed.steps.size(), found.steps.size());
  }
}

}  // namespace
