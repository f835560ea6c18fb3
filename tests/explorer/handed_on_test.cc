// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Who has a lock, when it is taken by one goroutine and given back by another,
// or had by several that read: what a report says of it must be so.

#include <memory>
#include <shared_mutex>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/explorer/explore.h"
#include "runtime/runtime.h"
#include "tests/support/explore_test.h"

namespace {

using ::rt::explorer::CheckQuietly;
using ::rt::explorer::Options;
using ::rt::explorer::Result;
using ::rt::explorer::Verdict;
using ::rt::testing::ExploreCase;
using ::rt::testing::RowName;

using HandedOnTest = ::rt::testing::ExploreTest;

TEST_P(HandedOnTest, IsJudged) { Judge(); }

// The first one takes `mu`, the second one gives it back.
void TakeAndGiveBack(rt::Mutex& mu) {
  rt::WaitGroup wg;
  auto taken = rt::MakeChan<int>();
  wg.Go([&] {
    mu.Lock();
    taken.Close();
  });
  wg.Go([&] {
    taken.Recv();
    mu.Unlock();
  });
  wg.Wait();
}

void TakeAgain(bool give_back) {
  rt::Mutex mu;
  TakeAndGiveBack(mu);
  rt::WaitGroup wg;
  auto taken = rt::MakeChan<int>();
  wg.Go([&] {
    mu.Lock();
    taken.Close();
    if (give_back) mu.Unlock();
  });
  wg.Go([&] {
    taken.Recv();
    mu.Lock();
    mu.Unlock();
  });
  wg.Wait();
}

struct TwoLocks {
  rt::Mutex a, b;
  rt::Chan<int> never = rt::MakeChan<int>();
};

// Nobody has `a` who waits for `b`.
void NoCircle() {
  auto locks = std::make_shared<TwoLocks>();
  rt::Go([locks] {
    locks->a.Lock();
    rt::WaitGroup wg;
    wg.Go([&] { locks->a.Unlock(); });
    wg.Wait();
    rt::Sleep(absl::Seconds(2));
    locks->b.Lock();
  });
  rt::Go([locks] {
    rt::Sleep(absl::Seconds(1));
    locks->a.Lock();
    locks->never.Recv();
  });
  rt::Go([locks] {
    locks->b.Lock();
    rt::Sleep(absl::Seconds(3));
    locks->a.Lock();
  });
}

struct SharedLocks {
  rt::RWMutex shared;
  rt::Mutex mu;
  rt::Chan<int> never = rt::MakeChan<int>();
};

// The second reader waits for who waits for all readers. `circle`: or not.
void ReadersInACircle(bool circle) {
  auto locks = std::make_shared<SharedLocks>();
  rt::Go([locks] {
    std::shared_lock lock(locks->shared);
    locks->never.Recv();
  });
  rt::Go([locks, circle] {
    std::shared_lock lock(locks->shared);
    rt::Sleep(absl::Seconds(2));
    if (circle) locks->mu.Lock();
  });
  rt::Go([locks] {
    rt::Sleep(absl::Seconds(1));
    locks->mu.Lock();
    locks->shared.Lock();
  });
}

INSTANTIATE_TEST_SUITE_P(
    Rows, HandedOnTest,
    testing::Values(
        ExploreCase{"TakenAgain", Verdict::kDeadlock, [] { TakeAgain(false); },
                    "goroutine 5 waits for `mu`, which goroutine 4 never "
                    "unlocked before it returned"},
        ExploreCase{"GivenBack", Verdict::kPassed, [] { TakeAgain(true); }},
        ExploreCase{"NoCircle", Verdict::kLeak, &NoCircle,
                    "goroutine 2 waits for `locks->b`, which goroutine 4 "
                    "holds"},
        ExploreCase{"ReadersInACircle", Verdict::kDeadlock,
                    [] { ReadersInACircle(true); }},
        ExploreCase{"ReadersInALine", Verdict::kLeak,
                    [] { ReadersInACircle(false); }}),
    RowName());

TEST(HandedOn, NobodyHoldsItInARace) {
  Result result = CheckQuietly(Options(), [] {
    int n = 0;
    rt::Mutex mu;
    rt::WaitGroup wg;
    auto taken = rt::MakeChan<int>();
    auto given_back = rt::MakeChan<int>();
    wg.Go([&] {
      mu.Lock();
      taken.Close();
      given_back.Recv();
      ++n;
    });
    wg.Go([&] {
      taken.Recv();
      mu.Unlock();
      given_back.Close();
      ++n;
    });
    wg.Wait();
  });
  ASSERT_EQ(result.verdict, Verdict::kRace) << result.summary;
  for (const auto& location : result.locations) {
    EXPECT_TRUE(location.held.empty()) << location.held[0];
  }
}

}  // namespace
