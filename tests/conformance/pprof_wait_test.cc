// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Profiles of waits: block and mutex.

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/pprof.h"
#include "runtime/runtime.h"
#include "tests/conformance/decoded_profile.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using pprof::Profile;
using ::testing::ElementsAre;
using testing::WaitUntilBlocked;

using BlockProfileTest = testing::RuntimeTest;
RT_INSTANTIATE(BlockProfileTest);

// Runs `body` with every wait sampled; what that added.
std::vector<int64_t> Blocked(const std::string& function,
                             absl::FunctionRef<void()> body) {
  auto before = Written(Profile::kBlock, "before").Sum(function);
  pprof::SetBlockProfileRate(absl::Nanoseconds(1));
  body();
  pprof::SetBlockProfileRate(absl::ZeroDuration());
  auto after = Written(Profile::kBlock, "after").Sum(function);
  return {after[0] - before[0], after[1] - before[1]};
}

TEST_P(BlockProfileTest, AddsUpWaitsByStack) {
  Main([] {
    int64_t waited_ns = 0;
    auto got = Blocked("WaitForOne", [&] {
      auto c = MakeChan<int>();
      WaitGroup wg;
      for (int i = 0; i < 5; ++i) wg.Go([=] { WaitForOne(c); });
      WaitUntilBlocked(5);
      absl::Time begin = Now();
      Sleep(absl::Milliseconds(5));
      waited_ns = absl::ToInt64Nanoseconds(Now() - begin);
      c.Close();
      wg.Wait();
    });
    EXPECT_EQ(got[0], 5);
    EXPECT_GE(got[1], 5 * waited_ns);
    Decoded profile = Written(Profile::kBlock, "block");
    EXPECT_THAT(profile.units,
                ElementsAre("contentions/count", "delay/nanoseconds"));
    for (const auto& sample : profile.samples) {
      EXPECT_FALSE(sample.functions[0].starts_with("rt::internal::"));
    }
  });
}

TEST_P(BlockProfileTest, CountsWaitsForGoroutinesOnly) {
  Main([] {
    auto got = Blocked("CountsWaitsForGoroutinesOnly",
                       [] { Sleep(absl::Milliseconds(1)); });
    EXPECT_THAT(got, ElementsAre(0, 0));
    got = Blocked("CountsWaitsForGoroutinesOnly", [] {
      auto c = MakeChan<int>();
      Go([=] {
        WaitUntilBlocked(1);
        c.Close();
      });
      c.Recv();
    });
    EXPECT_EQ(got[0], 1);
  });
}

TEST_P(BlockProfileTest, IsOffUnlessAskedFor) {
  Main([] {
    auto before = Written(Profile::kBlock, "off").Sum("");
    WaitGroup wg;
    wg.Go([] { Gosched(); });
    wg.Wait();
    EXPECT_EQ(Written(Profile::kBlock, "off").Sum(""), before);
  });
}

[[gnu::noinline]] void ShortWaits(int n) {
  auto ping = MakeChan<int>();
  auto pong = MakeChan<int>();
  Go([=] {
    for (int i = 0; i < n; ++i) {
      ping.Recv();
      pong.Send(i);
    }
  });
  for (int i = 0; i < n; ++i) {
    ping.Send(i);
    pong.Recv();
  }
}

// Few of many short waits are sampled, and stand for the others.
TEST_P(BlockProfileTest, SamplesStandForAll) {
  constexpr int kRounds = 20'000;
  Main([] {
    auto time_of = [](absl::Duration rate) {
      auto before = Written(Profile::kBlock, "before").Sum("ShortWaits");
      pprof::SetBlockProfileRate(rate);
      ShortWaits(kRounds);
      pprof::SetBlockProfileRate(absl::ZeroDuration());
      auto after = Written(Profile::kBlock, "after").Sum("ShortWaits");
      return static_cast<double>(after[0] - before[0]);
    };
    double all = time_of(absl::Nanoseconds(1));
    double sampled = time_of(absl::Microseconds(20));
    EXPECT_GE(all, kRounds / 2);
    // The counts are estimates: a wait of 100 ns is sampled once in 200 times.
    EXPECT_GE(sampled, all / 10);
    EXPECT_LE(sampled, all * 10);
  });
}

using MutexProfileTest = testing::RuntimeTest;
RT_INSTANTIATE(MutexProfileTest);

template <typename Lockable>
[[gnu::noinline]] void HoldFor(Lockable* mu, absl::Duration time) {
  WaitUntilBlocked(3);
  Sleep(time);
  mu->Unlock();
  std::atomic_signal_fence(std::memory_order_seq_cst);
}

template <typename Lockable>
std::vector<int64_t> Contended(int fraction, absl::Duration time) {
  auto before = Written(Profile::kMutex, "before").Sum("HoldFor");
  EXPECT_EQ(pprof::SetMutexProfileFraction(fraction), 0);
  Lockable mu;
  WaitGroup wg;
  mu.Lock();
  for (int i = 0; i < 3; ++i) {
    wg.Go([&] {
      mu.Lock();
      mu.Unlock();
    });
  }
  HoldFor(&mu, time);
  wg.Wait();
  EXPECT_EQ(pprof::SetMutexProfileFraction(-1), fraction);
  EXPECT_EQ(pprof::SetMutexProfileFraction(0), fraction);
  auto after = Written(Profile::kMutex, "after").Sum("HoldFor");
  return {after[0] - before[0], after[1] - before[1]};
}

TEST_P(MutexProfileTest, BlamesWhoUnlocks) {
  Main([] {
    constexpr absl::Duration kTime = absl::Milliseconds(3);
    // The others' waits are ended by each other, not by HoldFor.
    for (const auto& got :
         {Contended<Mutex>(1, kTime), Contended<RWMutex>(1, kTime)}) {
      EXPECT_EQ(got[0], 1);
      EXPECT_GE(got[1], absl::ToInt64Nanoseconds(kTime));
    }
  });
}

TEST_P(MutexProfileTest, ASampleStandsForOthers) {
  Main([] {
    constexpr absl::Duration kTime = absl::Microseconds(10);
    int64_t count = 0;
    for (int i = 0; i < 200; ++i) count += Contended<Mutex>(4, kTime)[0];
    EXPECT_EQ(count % 4, 0);
    EXPECT_GE(count, 100);
    EXPECT_LE(count, 400);
  });
}

TEST_P(MutexProfileTest, IsOffUnlessAskedFor) {
  Main([] {
    EXPECT_THAT(Contended<Mutex>(0, absl::ZeroDuration()), ElementsAre(0, 0));
  });
}

}  // namespace
}  // namespace rt
