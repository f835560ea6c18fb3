// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Timers, tickers, AfterFunc, on the real clock: what comes, what never comes,
// and that nothing comes early. What depends on how fast the machine is, is in
// timer_explore_test.cc, where the clock is exact.

#include "runtime/time.h"

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/runtime.h"
#include "tests/support/failure.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using testing::PanicOf;

constexpr absl::Duration kNever = absl::Hours(1000);
constexpr absl::Duration kSoon = absl::Milliseconds(1);

// What a receive that does not wait gets.
std::optional<absl::Time> Poll(const RecvChan<absl::Time>& c) {
  std::optional<absl::Time> got;
  Select(OnRecv(c, [&](std::optional<absl::Time> t) { got = t; }), Default());
  return got;
}

using TimeTest = testing::RuntimeTest;
RT_INSTANTIATE(TimeTest);

TEST_P(TimeTest, NowMovesOn) {
  Main([] {
    absl::Time start = Now();
    Sleep(kSoon);
    EXPECT_GE(Since(start), kSoon);
    EXPECT_LE(Until(start), -kSoon);
    EXPECT_LT(absl::AbsDuration(Now() - absl::Now()), absl::Minutes(1));
  });
}

TEST_P(TimeTest, AfterComesOnceAndNotEarly) {
  Main([] {
    for (absl::Duration d :
         {-kNever, absl::ZeroDuration(), absl::Nanoseconds(1), 3 * kSoon}) {
      absl::Time start = Now();
      RecvChan<absl::Time> c = After(d);
      std::optional<absl::Time> at = c.Recv();
      ASSERT_TRUE(at.has_value());
      EXPECT_GE(*at, start + d);
      EXPECT_LE(*at, Now());
      EXPECT_FALSE(Poll(c).has_value());
    }
  });
}

TEST_P(TimeTest, TimersComeInTheOrderOfTheirTimes) {
  struct Tick {
    absl::Time earliest;  // It was set to a time between these two,
    absl::Time latest;
    absl::Time came;  // and came then.
  };
  Main([] {
    auto done = MakeChan<Tick>();
    const std::vector<int> slots = {5, 3, 6, 6, 6, 1, 1, 2, 7, 9, 4, 8, 0};
    for (int slot : slots) {
      Go([=] {
        absl::Duration d = slot * kSoon;
        Tick tick;
        tick.earliest = Now() + d;
        RecvChan<absl::Time> c = After(d);
        tick.latest = Now() + d;
        tick.came = *c.Recv();
        done.Send(tick);
      });
    }
    std::vector<Tick> ticks;
    for (size_t i = 0; i < slots.size(); ++i) ticks.push_back(*done.Recv());
    for (const Tick& a : ticks) {
      EXPECT_GE(a.came, a.earliest);
      // Of two P's, one may be late.
      if (GetParam() > 1) continue;
      for (const Tick& b : ticks) {
        EXPECT_TRUE(a.latest >= b.earliest || a.came <= b.came);
      }
    }
  });
}

TEST_P(TimeTest, StopKeepsATimerFromTicking) {
  Main([] {
    Timer timer = NewTimer(kNever);
    EXPECT_TRUE(timer.Stop());
    EXPECT_FALSE(timer.Stop());
    EXPECT_FALSE(Poll(timer.C()).has_value());
    EXPECT_FALSE(timer.Reset(kSoon));
    EXPECT_TRUE(timer.C().Recv().has_value());
    EXPECT_FALSE(timer.Stop());  // Somebody has received it.
  });
}

// Since Go 1.23: a tick that nobody has received is taken back.
TEST_P(TimeTest, StopAndResetLeaveNoStaleTick) {
  Main([] {
    Timer timer = NewTimer(absl::ZeroDuration());
    Sleep(kSoon);
    EXPECT_TRUE(timer.Stop());
    EXPECT_FALSE(Poll(timer.C()).has_value());

    timer.Reset(absl::ZeroDuration());
    Sleep(kSoon);
    EXPECT_TRUE(timer.Reset(kNever));
    EXPECT_FALSE(Poll(timer.C()).has_value());
    EXPECT_TRUE(timer.Reset(kSoon));
    EXPECT_TRUE(timer.C().Recv().has_value());

    Ticker ticker = NewTicker(absl::Nanoseconds(1));
    Sleep(kSoon);
    ticker.Stop();
    EXPECT_FALSE(Poll(ticker.C()).has_value());
    ticker.Reset(absl::Nanoseconds(1));
    Sleep(kSoon);
    absl::Time start = Now();
    ticker.Reset(2 * kSoon);
    EXPECT_GE(*ticker.C().Recv(), start + 2 * kSoon);
  });
}

TEST_P(TimeTest, TheChannelLooksUnbuffered) {
  Main([] {
    Timer timer = NewTimer(absl::ZeroDuration());
    Ticker ticker = NewTicker(absl::Nanoseconds(1));
    Sleep(kSoon);
    for (const RecvChan<absl::Time>& c : {timer.C(), ticker.C()}) {
      EXPECT_EQ(c.Cap(), 0);
      EXPECT_EQ(c.Len(), 0);
      EXPECT_TRUE(c.Recv().has_value());
    }
  });
}

TEST_P(TimeTest, ResetMovesATimer) {
  Main([] {
    absl::Time start = Now();
    Timer timer = NewTimer(kNever);
    EXPECT_TRUE(timer.Reset(2 * kSoon));  // To an earlier time.
    EXPECT_GE(*timer.C().Recv(), start + 2 * kSoon);
    timer.Reset(kSoon);
    EXPECT_TRUE(timer.Reset(kNever));  // To a later one.
    Sleep(2 * kSoon);
    EXPECT_FALSE(Poll(timer.C()).has_value());
    EXPECT_TRUE(timer.Stop());
  });
}

TEST_P(TimeTest, TimesThatAreTooLargeAreNever) {
  Main([] {
    Timer timer = NewTimer(absl::InfiniteDuration());
    Ticker ticker = NewTicker(absl::InfiniteDuration());
    Timer call = AfterFunc(absl::InfiniteDuration(), [] { ADD_FAILURE(); });
    Timer past = NewTimer(-absl::InfiniteDuration());
    EXPECT_TRUE(past.C().Recv().has_value());
    EXPECT_FALSE(Poll(timer.C()).has_value());
    EXPECT_FALSE(Poll(ticker.C()).has_value());
    EXPECT_TRUE(timer.Stop());
    EXPECT_TRUE(call.Stop());
  });
}

TEST_P(TimeTest, ATickerTicksInItsTime) {
  Main([] {
    constexpr int kTicks = 10;
    absl::Time start = Now();
    Ticker ticker = NewTicker(kSoon);
    absl::Time before = absl::InfinitePast();
    int ticks = 0;
    for (absl::Time t : ticker.C()) {
      EXPECT_GT(t, before);
      before = t;
      if (++ticks == kTicks) break;
    }
    EXPECT_GE(before, start + kTicks * kSoon);
    ticker.Stop();
    ticker.Stop();
    EXPECT_FALSE(Poll(ticker.C()).has_value());
  });
}

TEST_P(TimeTest, ATickerDropsTicksForTheSlow) {
  Main([] {
    Ticker ticker = NewTicker(kSoon);
    Sleep(5 * kSoon);
    absl::Time late = Now();
    EXPECT_LE(*ticker.C().Recv(), late);  // One was waiting,
    EXPECT_GE(*ticker.C().Recv(), late);  // the others are gone.
  });
}

TEST_P(TimeTest, ResetGivesATickerAnotherPeriod) {
  Main([] {
    Ticker ticker = NewTicker(kNever);
    absl::Time start = Now();
    ticker.Reset(kSoon);
    for (int i = 1; i <= 3; ++i) {
      EXPECT_GE(*ticker.C().Recv(), start + i * kSoon);
    }
    ticker.Stop();
    ticker.Reset(kSoon);  // Also of one that was stopped.
    EXPECT_TRUE(ticker.C().Recv().has_value());
  });
}

TEST_P(TimeTest, TickIsATickerForEver) {
  Main([] {
    RecvChan<absl::Time> c = Tick(kSoon);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(c.Recv().has_value());
    EXPECT_FALSE(Tick(absl::ZeroDuration()));
    EXPECT_FALSE(Tick(-kSoon));
  });
}

TEST_P(TimeTest, ATimerEndsWithItsLastHandle) {
  Main([] {
    {
      Timer timer = NewTimer(kNever);
      RecvChan<absl::Time> c = timer.C();
      timer = NewTimer(kSoon);
      c = timer.C();
      timer = Timer();
      EXPECT_TRUE(c.Recv().has_value());  // The channel is a handle.
    }
    // While it ticks, too.
    for (int i = 0; i < 1000; ++i) {
      Ticker ticker = NewTicker(absl::Nanoseconds(1));
      Timer timer = NewTimer(absl::Nanoseconds(i));
      if (i % 4 == 0) Gosched();
    }
  });
}

// What every holder of a handle may do, at once.
TEST_P(TimeTest, SharedBySeveralGoroutines) {
  Main([] {
    Timer timer = NewTimer(kSoon);
    Ticker ticker = NewTicker(absl::Microseconds(10));
    auto calls = std::make_shared<std::atomic<int>>(0);
    Timer call = AfterFunc(kSoon, [calls] { ++*calls; });
    WaitGroup wg;
    for (int g = 0; g < 4; ++g) {
      wg.Go([=] {
        for (int i = 0; i < 200; ++i) {
          absl::Duration d = absl::Microseconds((i * 7 + g) % 20);
          timer.Reset(d);
          call.Reset(d);
          Poll(timer.C());
          if (i % 10 == 0) ticker.Reset(d + absl::Nanoseconds(1));
          if (i % 50 == 0) ticker.C().Recv();
          timer.Stop();
          call.Stop();
        }
      });
    }
    wg.Wait();
    EXPECT_FALSE(timer.Stop());
    EXPECT_FALSE(Poll(timer.C()).has_value());
    auto end = MakeChan<bool>();
    AfterFunc(absl::ZeroDuration(), [=] { end.Send(true); });
    EXPECT_TRUE(end.Recv());
  });
}

TEST_P(TimeTest, TimersSurviveFewerProcs) {
  Main([] {
    WaitGroup wg;
    for (int i = 0; i < 100; ++i) {
      wg.Go([=] {
        Sleep(absl::Microseconds(i * 37 % 1000));
        EXPECT_TRUE(After(absl::Microseconds(i * 53 % 1000)).Recv());
        if (i % 10 == 0) GOMAXPROCS(1 + i / 10 % 4);
      });
    }
    wg.Wait();
    GOMAXPROCS(GetParam());
  });
}

TEST_P(TimeTest, MisuseIsAPanic) {
  Main([] {
    EXPECT_EQ(
        PanicOf([] { static_cast<void>(NewTicker(absl::ZeroDuration())); }),
        "non-positive interval for NewTicker");
    EXPECT_EQ(PanicOf([] { NewTicker(kNever).Reset(-kSoon); }),
              "non-positive interval for Ticker.Reset");
    EXPECT_EQ(PanicOf([] { Ticker().Reset(kSoon); }),
              "time: Reset called on uninitialized Ticker");
    EXPECT_EQ(PanicOf([] { Timer().Stop(); }),
              "time: Stop called on uninitialized Timer");
    EXPECT_EQ(PanicOf([] { Timer().Reset(kSoon); }),
              "time: Reset called on uninitialized Timer");
    Ticker().Stop();
    EXPECT_FALSE(Timer().C());
    EXPECT_FALSE(Ticker().C());
  });
}

// Timers that are still set when main returns, and their handles.
TEST(TimeAndRunTest, TheEndOfMainStopsAllTimers) {
  Timer kept;
  Ticker ticker;
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(rt::Run([&] {
                kept = NewTimer(kNever);
                ticker = NewTicker(absl::Microseconds(1));
                AfterFunc(kNever, [] { ADD_FAILURE(); });
                if (round == 2) Sleep(kSoon);
              }),
              0);
    EXPECT_FALSE(kept.Stop());
  }
}

// Goroutines that always have something to do with each other do not keep a
// timer from those that also wait for it.
TEST_P(TimeTest, ATimerComesToWhoIsAlwaysBusy) {
  Main([] {
    auto done = MakeChan<bool>();
    auto c = MakeChan<bool>();
    WaitGroup wg;
    for (int i = 0; i < 2; ++i) {
      wg.Go([=] {
        while (Select(OnSend(c, true), OnRecv(done)) == 0) {
        }
      });
    }
    RecvChan<absl::Time> timer = After(10 * kSoon);
    while (Select(OnRecv(c), OnRecv(timer)) == 0) {
    }
    done.Close();
    wg.Wait();
  });
}

TEST_P(TimeTest, ATimerComesToTwoWhoAreAlwaysBusyWithEachOther) {
  Main([] {
    auto done = MakeChan<bool>();
    auto c = MakeChan<bool>();
    for (int i = 0; i < 2; ++i) {
      Go([=] {
        RecvChan<absl::Time> timer = After(10 * kSoon);
        do {
          Blocking([] {});
        } while (Select(OnSend(c, true), OnRecv(c), OnRecv(timer)) != 2);
        done.Send(true);
      });
    }
    done.Recv();
    done.Recv();
  });
}

}  // namespace
}  // namespace rt
