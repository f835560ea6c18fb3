// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What is made of the primitives, under the explorer: what it must find, each
// beside a near miss that must pass.

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/explorer/explore.h"
#include "runtime/rate.h"
#include "runtime/runtime.h"
#include "runtime/semaphore.h"
#include "runtime/singleflight.h"
#include "tests/support/explore_test.h"

namespace {

using ::rt::explorer::Verdict;
using ::rt::testing::RowName;

using Case = ::rt::testing::ExploreCase;
using PatternsExploreTest = ::rt::testing::ExploreTest;

TEST_P(PatternsExploreTest, IsJudged) { Judge(); }

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
    RowName());

// --- semaphore ---------------------------------------------------------------

// Goroutines that each want one token, to write.
void WriteWithTokens(int64_t tokens) {
  rt::semaphore::Weighted sem(tokens);
  int n = 0;
  rt::WaitGroup wg;
  for (int i = 0; i < 2; ++i) {
    wg.Go([&] {
      sem.Acquire(1);
      ++n;
      sem.Release(1);
    });
  }
  wg.Wait();
  sem.Acquire(tokens);
  EXPECT_EQ(n, 2);
}

void AtMostTwoInside(int64_t tokens) {
  rt::semaphore::Weighted sem(tokens);
  std::atomic<int> inside{0};
  rt::WaitGroup wg;
  for (int i = 0; i < 3; ++i) {
    wg.Go([&] {
      sem.Acquire(1);
      EXPECT_LE(++inside, 2);
      --inside;
      sem.Release(1);
    });
  }
  wg.Wait();
}

// Each wants both tokens.
void TakeBoth(bool at_once) {
  rt::semaphore::Weighted sem(2);
  rt::WaitGroup wg;
  for (int i = 0; i < 2; ++i) {
    wg.Go([&] {
      if (at_once) {
        sem.Acquire(2);
      } else {
        sem.Acquire(1);
        sem.Acquire(1);
      }
      sem.Release(2);
    });
  }
  wg.Wait();
}

// The holder gives its token back after 10 ms.
void WaitAtMost(absl::Duration patience, absl::Duration waits, bool gets) {
  rt::semaphore::Weighted sem(1);
  sem.Acquire(1);
  rt::WaitGroup wg;
  wg.Go([&] {
    rt::Sleep(absl::Milliseconds(10));
    sem.Release(1);
  });
  absl::Time begin = rt::Now();
  rt::ContextAndCancel limited = rt::WithTimeout(rt::Background(), patience);
  EXPECT_EQ(sem.Acquire(limited.ctx, 1).ok(), gets);
  EXPECT_EQ(rt::Now() - begin, waits);
  limited.cancel();
  wg.Wait();
}

// A token that is granted to somebody who is being cancelled is not lost.
void CancelWhileGranted(bool take_it_back) {
  rt::semaphore::Weighted sem(1);
  sem.Acquire(1);
  rt::ContextAndCancel limited = rt::WithCancel(rt::Background());
  rt::WaitGroup wg;
  wg.Go([&] {
    if (sem.Acquire(limited.ctx, 1).ok() && take_it_back) sem.Release(1);
  });
  wg.Go([&] { limited.cancel(); });
  sem.Release(1);
  wg.Wait();
  EXPECT_TRUE(sem.TryAcquire(1));
}

INSTANTIATE_TEST_SUITE_P(
    Semaphore, PatternsExploreTest,
    testing::Values(
        Case{"one_token", Verdict::kPassed, [] { WriteWithTokens(1); }},
        Case{"two_tokens", Verdict::kRace, [] { WriteWithTokens(2); }},
        Case{"two_of_three", Verdict::kPassed, [] { AtMostTwoInside(2); }},
        Case{"three_of_three", Verdict::kWrong, [] { AtMostTwoInside(3); }},
        Case{"both_at_once", Verdict::kPassed, [] { TakeBoth(true); }},
        Case{"one_by_one", Verdict::kDeadlock, [] { TakeBoth(false); },
             "waits for tokens of a semaphore that nobody gives back"},
        Case{"patient", Verdict::kPassed,
             [] {
               WaitAtMost(absl::Milliseconds(20), absl::Milliseconds(10), true);
             }},
        Case{"impatient", Verdict::kPassed,
             [] {
               WaitAtMost(absl::Milliseconds(5), absl::Milliseconds(5), false);
             }},
        Case{"just_too_impatient", Verdict::kWrong,  // Or just not.
             [] {
               WaitAtMost(absl::Milliseconds(10), absl::Milliseconds(10), true);
             }},
        Case{"cancelled_while_granted", Verdict::kPassed,
             [] { CancelWhileGranted(true); }},
        Case{"kept_while_cancelled", Verdict::kWrong,
             [] { CancelWhileGranted(false); }},
        Case{"release_of_what_nobody_has", Verdict::kPanic,
             [] { rt::semaphore::Weighted(1).Release(1); },
             "panic: semaphore: released more than held"}),
    RowName());

// --- rate --------------------------------------------------------------------

// Events of one goroutine, one every 100 ms after a burst of two.
void WaitInTurn(int64_t last_ms) {
  rt::rate::Limiter limiter(rt::rate::Every(absl::Milliseconds(100)), 2);
  absl::Time begin = rt::Now();
  std::vector<int64_t> at_ms;
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(limiter.Wait(rt::Background()).ok());
    at_ms.push_back(absl::ToInt64Milliseconds(rt::Now() - begin));
  }
  EXPECT_EQ(at_ms, (std::vector<int64_t>{0, 0, 100, 200, last_ms}));
}

// Three goroutines, a burst of one: whoever is last is so after 200 ms.
void WaitTogether() {
  rt::rate::Limiter limiter(rt::rate::Every(absl::Milliseconds(100)), 1);
  absl::Time begin = rt::Now();
  rt::Mutex mu;
  std::vector<int64_t> at_ms;
  rt::WaitGroup wg;
  for (int i = 0; i < 3; ++i) {
    wg.Go([&] {
      EXPECT_TRUE(limiter.Wait(rt::Background()).ok());
      std::scoped_lock lock(mu);
      at_ms.push_back(absl::ToInt64Milliseconds(rt::Now() - begin));
    });
  }
  wg.Wait();
  EXPECT_EQ(at_ms, (std::vector<int64_t>{0, 100, 200}));
}

void OneIsAllowed(int burst) {
  rt::rate::Limiter limiter(1, burst);
  std::atomic<int> allowed{0};
  rt::WaitGroup wg;
  wg.Go([&] { allowed += limiter.Allow(); });
  allowed += limiter.Allow();
  wg.Wait();
  EXPECT_EQ(allowed, 1);
}

// It returns when it knows, not when the time is over; and what it does not
// take others get.
void WaitWithDeadline(absl::Duration timeout, bool goes) {
  rt::rate::Limiter limiter(rt::rate::Every(absl::Milliseconds(100)), 1);
  EXPECT_TRUE(limiter.Allow());
  absl::Time begin = rt::Now();
  rt::ContextAndCancel limited = rt::WithTimeout(rt::Background(), timeout);
  EXPECT_EQ(limiter.Wait(limited.ctx).ok(), goes);
  EXPECT_EQ(rt::Now() - begin,
            goes ? absl::Milliseconds(100) : absl::ZeroDuration());
  limited.cancel();
  EXPECT_TRUE(limiter.Wait(rt::Background()).ok());
  EXPECT_EQ(rt::Now() - begin, absl::Milliseconds(goes ? 200 : 100));
}

void CancelAfter(absl::Duration after, absl::Duration next_at) {
  rt::rate::Limiter limiter(rt::rate::Every(absl::Milliseconds(100)), 1);
  EXPECT_TRUE(limiter.Allow());
  absl::Time begin = rt::Now();
  rt::ContextAndCancel limited = rt::WithCancel(rt::Background());
  rt::WaitGroup wg;
  wg.Go([&] {
    rt::Sleep(after);
    limited.cancel();
  });
  EXPECT_FALSE(limiter.Wait(limited.ctx).ok());
  EXPECT_EQ(rt::Now() - begin, after);
  EXPECT_TRUE(limiter.Wait(rt::Background()).ok());
  EXPECT_EQ(rt::Now() - begin, next_at);
  wg.Wait();
}

INSTANTIATE_TEST_SUITE_P(
    Rate, PatternsExploreTest,
    testing::Values(
        Case{"in_turn", Verdict::kPassed, [] { WaitInTurn(300); }},
        Case{"in_turn_but_not_so_soon", Verdict::kWrong,
             [] { WaitInTurn(299); }},
        Case{"together", Verdict::kPassed, WaitTogether},
        Case{"one_is_allowed", Verdict::kPassed, [] { OneIsAllowed(1); }},
        Case{"two_are_allowed", Verdict::kWrong, [] { OneIsAllowed(2); }},
        Case{"deadline_too_early", Verdict::kPassed,
             [] { WaitWithDeadline(absl::Milliseconds(99), false); }},
        Case{"deadline_late_enough", Verdict::kPassed,
             [] { WaitWithDeadline(absl::Milliseconds(101), true); }},
        Case{"cancelled", Verdict::kPassed,
             [] {
               CancelAfter(absl::Milliseconds(40), absl::Milliseconds(100));
             }},
        Case{"cancelled_but_nothing_comes_back", Verdict::kWrong,
             [] {
               CancelAfter(absl::Milliseconds(40), absl::Milliseconds(200));
             }}),
    RowName());

}  // namespace
