// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Waiting for a limiter. The exact times are in patterns_explore_test.cc.

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/rate.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt::rate {
namespace {

using RateWaitTest = testing::RuntimeTest;
RT_INSTANTIATE(RateWaitTest);

TEST_P(RateWaitTest, WaitIsNotShorterThanItMustBe) {
  Main([] {
    Limiter limiter(rate::Every(absl::Milliseconds(1)), 1);
    absl::Time begin = Now();
    for (int i = 0; i < 6; ++i) {
      ASSERT_TRUE(limiter.Wait(Background()).ok());
    }
    // In truth 5 ms; the delay of each is rounded down to a nanosecond.
    EXPECT_GE(Now() - begin, absl::Milliseconds(5) - absl::Nanoseconds(5));
  });
}

TEST_P(RateWaitTest, WaitTellsWhatWillNotHappen) {
  Main([] {
    Limiter limiter(10, 3);
    absl::Status status = limiter.WaitN(Background(), 4);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(status.message(), "rate: Wait(n=4) exceeds limiter's burst 3");
    EXPECT_TRUE(Limiter(kInf, 0).WaitN(Background(), 4).ok());

    auto [ctx, cancel] = WithCancel(Background());
    cancel();
    EXPECT_EQ(limiter.Wait(ctx).code(), absl::StatusCode::kCancelled);
    EXPECT_TRUE(limiter.WaitN(Background(), 3).ok());  // None was taken.
  });
}

TEST_P(RateWaitTest, WaitGivesUpAtOnceIfTheDeadlineIsTooEarly) {
  Main([] {
    Limiter limiter(rate::Every(absl::Hours(1)), 3);
    auto [ctx, cancel] = WithTimeout(Background(), absl::Minutes(1));
    EXPECT_TRUE(limiter.WaitN(ctx, 3).ok());
    absl::Status status = limiter.WaitN(ctx, 2);
    EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
    EXPECT_EQ(status.message(),
              "rate: Wait(n=2) would exceed context deadline");
    EXPECT_GE(limiter.Tokens(), 0);
    cancel();
  });
}

TEST_P(RateWaitTest, WaitThatIsCancelledGivesItsTokensBack) {
  Main([] {
    Limiter limiter(rate::Every(absl::Hours(1)), 3);
    EXPECT_TRUE(limiter.WaitN(Background(), 2).ok());
    auto [ctx, cancel] = WithCancel(Background());
    WaitGroup wg;
    wg.Go([&limiter, &ctx = ctx] {
      EXPECT_EQ(limiter.WaitN(ctx, 3).code(), absl::StatusCode::kCancelled);
    });
    testing::WaitUntilBlocked(1);
    EXPECT_LT(limiter.Tokens(), -1);
    cancel();
    wg.Wait();
    EXPECT_GE(limiter.Tokens(), 1);
    EXPECT_TRUE(limiter.Allow());
  });
}

}  // namespace
}  // namespace rt::rate
