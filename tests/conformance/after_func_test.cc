// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// AfterFunc: a function that is called later, stopped, or set again.

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

constexpr absl::Duration kNever = absl::Hours(1000);
constexpr absl::Duration kSoon = absl::Milliseconds(1);

using AfterFuncTest = testing::RuntimeTest;
RT_INSTANTIATE(AfterFuncTest);

TEST_P(AfterFuncTest, AfterFuncCallsInAGoroutineOfItsOwn) {
  Main([] {
    // As long as it has not come to 0, each call sets the next.
    auto done = MakeChan<absl::Time>();
    int left = 5;
    absl::Time start = Now();
    std::function<void()> step = [&] {
      if (--left >= 0) {
        AfterFunc(kSoon, step);
      } else {
        Gosched();  // It may block.
        done.Send(Now());
      }
    };
    Timer first = AfterFunc(absl::ZeroDuration(), step);
    EXPECT_FALSE(first.C());
    EXPECT_GE(*done.Recv(), start + 5 * kSoon);
    EXPECT_FALSE(first.Stop());
  });
}

TEST_P(AfterFuncTest, StopKeepsAFunctionFromBeingCalled) {
  Main([] {
    std::vector<Timer> timers;
    std::atomic<int> calls{0};
    for (int i = 0; i < 100; ++i) {
      timers.push_back(AfterFunc(kNever, [&] { ++calls; }));
    }
    for (const Timer& timer : timers) EXPECT_TRUE(timer.Stop());
    for (const Timer& timer : timers) EXPECT_FALSE(timer.Stop());
    EXPECT_EQ(calls, 0);
  });
}

// Whatever is faster: the function is called, or Stop says that it will not be.
TEST_P(AfterFuncTest, StopRacesWithTheCall) {
  Main([] {
    std::atomic<int> calls{0};
    int stopped = 0;
    constexpr int kRounds = 2'000;
    for (int i = 0; i < kRounds; ++i) {
      Timer timer = AfterFunc(absl::Nanoseconds(i % 3 * 500), [&] { ++calls; });
      if (i % 2 == 0) Gosched();
      stopped += timer.Stop() ? 1 : 0;
    }
    testing::YieldUntil([&] { return calls + stopped == kRounds; });
  });
}

TEST_P(AfterFuncTest, ResetCallsAFunctionAgain) {
  Main([] {
    auto called = MakeChan<int>();
    int n = 0;
    Timer timer = AfterFunc(kSoon, [&, called] { called.Send(++n); });
    EXPECT_EQ(called.Recv(), 1);
    EXPECT_FALSE(timer.Reset(kSoon));
    EXPECT_EQ(called.Recv(), 2);
    EXPECT_FALSE(timer.Reset(kNever));
    EXPECT_TRUE(timer.Reset(kSoon));
    EXPECT_EQ(called.Recv(), 3);
  });
}

TEST_P(AfterFuncTest, WhatAFunctionHoldsGoesWithIt) {
  Main([] {
    auto held = std::make_shared<int>(0);
    std::weak_ptr<int> seen = held;
    auto called = MakeChan<int>();
    Timer stopped = AfterFunc(kNever, [held] {});
    AfterFunc(kSoon, [held, called] { called.Send(1); });
    held.reset();
    called.Recv();
    EXPECT_FALSE(seen.expired());
    EXPECT_TRUE(stopped.Stop());
    EXPECT_FALSE(seen.expired());  // It can be set again.
    stopped = Timer();
    testing::YieldUntil([&] { return seen.expired(); });
  });
}

}  // namespace
}  // namespace rt
