// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// std::scoped_lock over locks of ours: std::lock takes one, tries the others,
// gives back and begins again. Right in any order; and what goes wrong around
// it is found.

#include <mutex>
#include <string>

#include "gtest/gtest.h"
#include "runtime/explorer/explore.h"
#include "runtime/runtime.h"
#include "tests/support/explore_test.h"

namespace {

using ::rt::explorer::Verdict;
using ::rt::testing::ExploreCase;

template <typename Lock>
void TwoInOppositeOrders() {
  Lock a, b;
  int n = 0;
  rt::WaitGroup wg;
  wg.Go([&] {
    std::scoped_lock lock(a, b);
    ++n;
  });
  wg.Go([&] {
    std::scoped_lock lock(b, a);
    ++n;
  });
  wg.Wait();
  EXPECT_EQ(n, 2);
}

void ThreeInThreeOrders() {
  rt::Mutex a, b, c;
  int n = 0;
  rt::WaitGroup wg;
  wg.Go([&] {
    std::scoped_lock lock(a, b, c);
    ++n;
  });
  wg.Go([&] {
    std::scoped_lock lock(c, b, a);
    ++n;
  });
  wg.Wait();
  EXPECT_EQ(n, 2);
}

// Who takes one after the other is in nobody's way either, in that order.
void BesideOneAfterTheOther() {
  rt::Mutex a, b;
  int n = 0;
  rt::WaitGroup wg;
  wg.Go([&] {
    std::scoped_lock lock(a, b);
    ++n;
  });
  wg.Go([&] {
    std::scoped_lock first(b);
    std::scoped_lock second(a);
    ++n;
  });
  wg.Wait();
  EXPECT_EQ(n, 2);
}

// A reader has one of them for a while.
void BesideAReader() {
  rt::RWMutex a, b;
  int n = 0;
  rt::WaitGroup wg;
  wg.Go([&] {
    std::scoped_lock lock(a, b);
    ++n;
  });
  wg.Go([&] {
    b.RLock();
    int seen = n;
    a.RLock();
    EXPECT_EQ(n, seen);
    a.RUnlock();
    b.RUnlock();
  });
  wg.Wait();
}

void OneIsNeverGivenBack() {
  rt::Mutex a, b;
  rt::WaitGroup wg;
  wg.Go([&] { b.Lock(); });
  wg.Go([&] { std::scoped_lock lock(a, b); });
  wg.Wait();
}

void ThirdOneHoldsThemApart() {
  rt::Mutex a, b;
  int n = 0;
  rt::WaitGroup wg;
  wg.Go([&] {
    std::scoped_lock lock(a, b);
    ++n;
  });
  wg.Go([&] {
    std::scoped_lock lock(b);
    ++n;
  });
  wg.Go([&] {
    std::scoped_lock lock(a);
    ++n;
  });
  wg.Wait();
}

using ScopedLockTest = rt::testing::ExploreTest;

TEST_P(ScopedLockTest, IsJudged) { Judge(); }

INSTANTIATE_TEST_SUITE_P(
    Rows, ScopedLockTest,
    testing::Values(ExploreCase{"Mutexes", Verdict::kPassed,
                                TwoInOppositeOrders<rt::Mutex>},
                    ExploreCase{"RWMutexes", Verdict::kPassed,
                                TwoInOppositeOrders<rt::RWMutex>},
                    ExploreCase{"Three", Verdict::kPassed, ThreeInThreeOrders},
                    ExploreCase{"OneAfterTheOther", Verdict::kPassed,
                                BesideOneAfterTheOther},
                    ExploreCase{"Reader", Verdict::kPassed, BesideAReader},
                    ExploreCase{"NeverGivenBack", Verdict::kDeadlock,
                                OneIsNeverGivenBack,
                                "which goroutine 2 never unlocked"},
                    ExploreCase{"HeldApart", Verdict::kRace,
                                ThirdOneHoldsThemApart, "`n`"}),
    rt::testing::RowName());

}  // namespace
