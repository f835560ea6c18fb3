// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Time under the explorer: the clock is virtual, so times are exact, and what
// happens at one instant happens in every order.

#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/explorer/explore.h"
#include "runtime/runtime.h"
#include "tests/support/explore_test.h"

namespace {

using ::rt::explorer::CheckQuietly;
using ::rt::explorer::Options;
using ::rt::explorer::Result;
using ::rt::explorer::Verdict;
using ::rt::testing::RowName;

constexpr absl::Duration kSecond = absl::Seconds(1);

using Case = ::rt::testing::ExploreCase;
using TimerExploreTest = ::rt::testing::ExploreTest;

TEST_P(TimerExploreTest, IsJudged) { Judge(); }

// A parameter is what makes the difference between right and wrong.

void TicksHaveExactTimes(absl::Duration off) {
  absl::Time start = rt::Now();
  rt::Timer timer = rt::NewTimer(3 * kSecond);
  rt::Ticker ticker = rt::NewTicker(2 * kSecond);
  EXPECT_EQ(rt::After(kSecond).Recv(), start + kSecond);
  EXPECT_EQ(ticker.C().Recv(), start + 2 * kSecond);
  EXPECT_EQ(timer.C().Recv(), start + 3 * kSecond);
  EXPECT_EQ(ticker.C().Recv(), start + 4 * kSecond + off);
  EXPECT_EQ(rt::Since(start), 4 * kSecond);
}

// The first tick waits; those until the receive are dropped.
void SlowReceiver(int second) {
  absl::Time start = rt::Now();
  rt::Ticker ticker = rt::NewTicker(2 * kSecond);
  rt::Sleep(7 * kSecond);
  EXPECT_EQ(ticker.C().Recv(), start + 2 * kSecond);
  EXPECT_EQ(ticker.C().Recv(), start + second * kSecond);
}

// Only a Stop that says so has kept f from running.
void StopAndWrite(bool look) {
  auto n = std::make_shared<int>(0);
  rt::Timer timer = rt::AfterFunc(kSecond, [n] { *n = 1; });
  rt::Sleep(kSecond);
  if (timer.Stop() || !look) *n = 2;
}

// Time orders nothing: two seconds later is no synchronisation.
void WaitForFunction(bool by_channel) {
  auto n = std::make_shared<int>(0);
  auto done = rt::MakeChan<bool>(1);
  rt::AfterFunc(kSecond, [=] {
    *n = 1;
    done.Send(true);
  });
  rt::Sleep(2 * kSecond);
  if (by_channel) done.Recv();
  EXPECT_EQ(*n, 1);
}

// What is set before the timer is, its function sees.
void SetBefore(bool before) {
  auto n = std::make_shared<int>(0);
  auto done = rt::MakeChan<bool>();
  if (before) *n = 1;
  rt::AfterFunc(kSecond, [=] {
    *n += 1;
    done.Send(true);
  });
  if (!before) *n = 1;
  done.Recv();
}

// At one instant, everything happens in every order.
void StopWhenDue(absl::Duration after, bool stopped) {
  rt::Timer timer = rt::NewTimer(kSecond);
  auto got = rt::MakeChan<bool>(1);
  rt::WaitGroup wg;
  wg.Go([=] {
    timer.C().Recv();
    got.Send(true);
  });
  rt::Sleep(after);
  EXPECT_EQ(timer.Stop(), stopped);
  timer.Reset(kSecond);
  wg.Wait();
}

void TwoAtOnce(absl::Duration between) {
  auto order = rt::MakeChan<int>(2);
  rt::AfterFunc(kSecond, [=] { order.Send(1); });
  rt::AfterFunc(kSecond + between, [=] { order.Send(2); });
  EXPECT_EQ(order.Recv(), 1);
  EXPECT_EQ(order.Recv(), 2);
}

// Whenever the first tick comes, before the Stop or not at all, it is not
// there after the Reset.
void NoStaleTick(absl::Duration sleep) {
  absl::Time start = rt::Now();
  rt::Timer timer = rt::NewTimer(kSecond);
  rt::Sleep(sleep);
  timer.Stop();
  timer.Reset(kSecond);
  EXPECT_EQ(timer.C().Recv(), start + sleep + kSecond);
  timer.Reset(kSecond);
  rt::Sleep(2 * kSecond);
  timer.Reset(kSecond);
  EXPECT_EQ(timer.C().Recv(), start + sleep + 4 * kSecond);
}

void ReceiveFromStopped(bool reset) {
  rt::Timer timer = rt::NewTimer(kSecond);
  timer.Stop();
  if (reset) timer.Reset(kSecond);
  timer.C().Recv();
}

// A ticker keeps nobody alive who does not listen to it.
void WaitBesideTicker(bool listen) {
  rt::Ticker ticker = rt::NewTicker(kSecond);
  if (listen) {
    ticker.C().Recv();
  } else {
    rt::Chan<int>().Recv();
  }
}

// Two calls of one function, perhaps at a time.
void CallTwice(bool wait) {
  auto n = std::make_shared<int>(0);
  auto timer = std::make_shared<rt::Timer>();
  auto done = rt::MakeChan<bool>(2);
  *timer = rt::AfterFunc(kSecond, [=] {
    ++*n;
    done.Send(true);
  });
  rt::Sleep(2 * kSecond);
  if (wait) done.Recv();
  timer->Reset(kSecond);
  if (!wait) done.Recv();
  done.Recv();
}

INSTANTIATE_TEST_SUITE_P(
    Pairs, TimerExploreTest,
    testing::ValuesIn(std::vector<Case>{
        {"TicksHaveExactTimes", Verdict::kPassed,
         [] { TicksHaveExactTimes(absl::ZeroDuration()); }},
        {"TicksAreNotANanosecondLate", Verdict::kWrong,
         [] { TicksHaveExactTimes(absl::Nanoseconds(1)); }},
        {"SlowReceiver", Verdict::kPassed, [] { SlowReceiver(8); }},
        {"NothingIsMadeUpFor", Verdict::kWrong, [] { SlowReceiver(4); }},
        {"StopSaysSo", Verdict::kPassed, [] { StopAndWrite(true); }},
        {"StopDoesNotSaySo", Verdict::kRace, [] { StopAndWrite(false); }},
        {"WaitByChannel", Verdict::kPassed, [] { WaitForFunction(true); }},
        {"WaitByTime", Verdict::kRace, [] { WaitForFunction(false); }},
        {"SetBefore", Verdict::kPassed, [] { SetBefore(true); }},
        {"SetAfter", Verdict::kRace, [] { SetBefore(false); }},
        {"StopBeforeItIsDue", Verdict::kPassed,
         [] { StopWhenDue(kSecond / 2, true); }},
        {"StopWhenDueMayBeFirst", Verdict::kWrong,
         [] { StopWhenDue(kSecond, false); }},
        {"StopWhenDueMayBeLast", Verdict::kWrong,
         [] { StopWhenDue(kSecond, true); }},
        {"OneAfterTheOther", Verdict::kPassed,
         [] { TwoAtOnce(absl::Nanoseconds(1)); }},
        {"TwoAtOnce", Verdict::kWrong, [] { TwoAtOnce(absl::ZeroDuration()); }},
        {"NoStaleTickBefore", Verdict::kPassed,
         [] { NoStaleTick(kSecond / 2); }},
        {"NoStaleTickAt", Verdict::kPassed, [] { NoStaleTick(kSecond); }},
        {"NoStaleTickAfter", Verdict::kPassed,
         [] { NoStaleTick(2 * kSecond); }},
        {"ReceiveFromReset", Verdict::kPassed,
         [] { ReceiveFromStopped(true); }},
        {"ReceiveFromStopped", Verdict::kDeadlock,
         [] { ReceiveFromStopped(false); }},
        {"ListenToTicker", Verdict::kPassed, [] { WaitBesideTicker(true); }},
        {"WaitBesideTicker", Verdict::kDeadlock,
         [] { WaitBesideTicker(false); }},
        {"OneCallAfterTheOther", Verdict::kPassed, [] { CallTwice(true); }},
        {"TwoCallsAtATime", Verdict::kRace, [] { CallTwice(false); }},
    }),
    RowName());

// What a report says of a timer.
TEST(TimerReportTest, NamesTheTimer) {
  Result result =
      CheckQuietly(Options(), [] { TwoAtOnce(absl::ZeroDuration()); });
  ASSERT_EQ(result.verdict, Verdict::kWrong);
  int timers = 0;
  for (const auto& g : result.goroutines) timers += g.name == "timer" ? 1 : 0;
  EXPECT_EQ(timers, 2);
  int fires = 0;
  for (const auto& s : result.steps) fires += s.text == "the timer fires";
  EXPECT_GE(fires, 1);
}

// NumGoroutine does not count them.
TEST(TimerReportTest, TimersAreNoGoroutines) {
  EXPECT_TRUE(CheckQuietly(Options(), [] {
                rt::Timer timer = rt::NewTimer(kSecond);
                rt::Ticker ticker = rt::NewTicker(kSecond);
                EXPECT_EQ(rt::NumGoroutine(), 1);
              }).passed());
}

// Exact counts, each with its interleavings. F is a timer's call.
using Count = ::rt::testing::ExploreCount;
using TimerCountTest = ::rt::testing::ExploreCountTest;

TEST_P(TimerCountTest, SeesEachInterleavingOnce) { Count(); }

INSTANTIATE_TEST_SUITE_P(
    All, TimerCountTest,
    testing::ValuesIn(std::vector<Count>{
        // Nobody else can run.
        {"AfterAlone", 1, [] { rt::After(kSecond).Recv(); }},
        // F Stop; Stop.
        {"StopWhenDue", 2,
         [] {
           rt::Timer timer = rt::NewTimer(kSecond);
           rt::Sleep(kSecond);
           timer.Stop();
         }},
        // Fa Fb Recv; Fa Recv Fb. Whether Fb is before Fa, nobody can tell.
        {"TwoOneAfterTheOther", 2,
         [] {
           rt::Timer a = rt::NewTimer(kSecond);
           rt::Timer b = rt::NewTimer(kSecond);
           a.C().Recv();
           b.C().Recv();
         }},
        // The two that are called send to one channel: ab, ba.
        {"TwoSenders", 2,
         [] {
           auto c = rt::MakeChan<int>(2);
           rt::AfterFunc(kSecond, [=] { c.Send(1); });
           rt::AfterFunc(kSecond, [=] { c.Send(2); });
           rt::Sleep(2 * kSecond);
           c.Recv();
           c.Recv();
         }},
        // A timer that goes with its handle does not count.
        {"Abandoned", 1,
         [] {
           for (int i = 0; i < 3; ++i) {
             static_cast<void>(rt::After(kSecond));
           }
           rt::Sleep(2 * kSecond);
         }},
    }),
    RowName());

}  // namespace
