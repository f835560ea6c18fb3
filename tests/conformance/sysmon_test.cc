// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The thread that watches: how often it looks, when it does not, and what it
// does about what it sees.

#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <thread>

#include "gtest/gtest.h"
#include "runtime/internal/goroutine.h"
#include "runtime/internal/netpoll.h"
#include "runtime/internal/raw_mutex.h"
#include "runtime/internal/sched.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using internal::ActiveScheduler;
using internal::Goroutine;
using internal::Netpoll;
using internal::P;
using internal::Pace;
using internal::PollDesc;
using internal::PollResult;
using internal::PollSide;
using internal::PStatus;
using internal::RawLock;
using internal::Scheduler;
using internal::Sysmon;
using testing::AddP;
using testing::YieldUntil;

// --- The pause ---------------------------------------------------------------

TEST(PaceTest, FiftyIdleRoundsThenTwiceAsLongEachTimeUpTo10Ms) {
  Pace pace;
  for (int again = 0; again < 2; ++again) {
    EXPECT_EQ(pace.Next(/*busy=*/true, Pace::kLongestNs), 20'000);
    for (int round = 1; round <= 50; ++round) {
      EXPECT_EQ(pace.Next(/*busy=*/false, Pace::kLongestNs), 20'000);
    }
    for (int64_t ns = 40'000; ns < 10'000'000; ns *= 2) {
      EXPECT_EQ(pace.Next(/*busy=*/false, Pace::kLongestNs), ns);
    }
    for (int round = 0; round < 3; ++round) {
      EXPECT_EQ(pace.Next(/*busy=*/false, Pace::kLongestNs), 10'000'000);
    }
  }
}

TEST(PaceTest, NoLongerThanItMayBe) {
  Pace pace;
  for (int round = 0; round < 100; ++round)
    pace.Next(/*busy=*/false, 1'000'000);
  EXPECT_EQ(pace.Next(/*busy=*/false, 1'000'000), 1'000'000);
  EXPECT_EQ(pace.Next(/*busy=*/false, Pace::kLongestNs), 2'000'000);
}

// --- Rounds, by a clock of the test's ----------------------------------------

constexpr int64_t kBegin = 1'000'000'000'000;

TEST(SysmonRoundTest, TakesThePOfASystemCallThatItHasSeenFor20Us) {
  Scheduler scheduler;
  P* p = AddP(&scheduler, PStatus::kSyscall);
  Sysmon& sysmon = scheduler.sysmon;
  // However long it has lasted when it is seen first.
  EXPECT_FALSE(sysmon.Round(kBegin));
  EXPECT_FALSE(sysmon.Round(kBegin + 19'999));
  ++p->syscall_tick;  // That one is over; this is another one.
  EXPECT_FALSE(sysmon.Round(kBegin + 20'000));
  EXPECT_FALSE(sysmon.Round(kBegin + 39'999));
  EXPECT_EQ(p->status, PStatus::kSyscall);
  EXPECT_EQ(sysmon.retakes, 0);
  EXPECT_TRUE(sysmon.Round(kBegin + 40'000));
  EXPECT_EQ(p->status, PStatus::kIdle);
  EXPECT_EQ(sysmon.retakes, 1);
  EXPECT_FALSE(sysmon.Round(kBegin + 60'000));
  EXPECT_EQ(sysmon.retakes, 1);
}

TEST(SysmonRoundTest, StopsWhoRanFor10MsWhileOthersWait) {
  Scheduler scheduler;
  P* p = AddP(&scheduler, PStatus::kRunning);
  Sysmon& sysmon = scheduler.sysmon;
  EXPECT_FALSE(sysmon.Round(kBegin));
  EXPECT_FALSE(sysmon.Round(kBegin + 20'000'000));  // Nobody waits.
  ++p->tick;
  Goroutine waiting;
  internal::GoroutineList overflow;
  p->queue.PushBack(&waiting, &overflow);
  constexpr int64_t kNext = kBegin + 30'000'000;
  EXPECT_FALSE(sysmon.Round(kNext));
  EXPECT_FALSE(sysmon.Round(kNext + 9'999'999));
  EXPECT_TRUE(sysmon.Round(kNext + 10'000'000));
  ++p->tick;  // Another one runs.
  EXPECT_FALSE(sysmon.Round(kNext + 20'000'000));
}

// Two rounds as fast as they can be, with nobody else to look.
TEST(SysmonRoundTest, PollsWhenNobodyDidFor10MsOrOneWithAnIdleP) {
  for (bool idle : {false, true}) {
    Scheduler stopped;
    AddP(&stopped, idle ? PStatus::kIdle : PStatus::kRunning);
    EXPECT_EQ(rt::Run([&] {
                GOMAXPROCS(1);
                int fds[2];
                ASSERT_EQ(
                    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds),
                    0);
                PollDesc* desc = nullptr;
                ASSERT_EQ(PollDesc::Open(fds[0], /*writing=*/false, &desc), 0);
                WaitGroup wg;
                wg.Go([&] {
                  EXPECT_EQ(desc->Wait(PollSide::kRead), PollResult::kClosing);
                });
                YieldUntil([] { return Netpoll::Get().waiters() == 1; });
                for (int i = 0; i < 3; ++i) {
                  int64_t before = Netpoll::Get().last_poll_ns();
                  int64_t after;
                  do {
                    stopped.sysmon.Round(kBegin);
                    after = Netpoll::Get().last_poll_ns();
                  } while (after == before);
                  EXPECT_GE(after - before, idle ? 1'000'000 : 10'000'000);
                }
                desc->Evict();
                wg.Wait();
                desc->Release();
                close(fds[0]);
                close(fds[1]);
              }),
              0);
  }
}

// --- The thread --------------------------------------------------------------

// Runs `watch` on a plain thread while no goroutine has anything to do.
template <typename F>
void WhileIdle(F watch) {
  EXPECT_EQ(rt::Run([&] {
              auto done = MakeChan<bool>();
              std::thread watcher([&, sysmon = &ActiveScheduler()->sysmon] {
                watch(*sysmon);
                Go([&] { done.Close(); });
              });
              done.Recv();
              watcher.join();
            }),
            0);
}

int64_t CpuNs() {
  timespec now;
  EXPECT_EQ(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now), 0);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

TEST(SysmonTest, ThePauseDoublesAfterFiftyRoundsUpTo10Ms) {
  WhileIdle([](const Sysmon& sysmon) {
    int64_t last = 0;
    while (!sysmon.resting()) {
      int64_t pause = sysmon.pause_ns;
      EXPECT_GE(pause, last);
      if (pause > 20'000) {
        EXPECT_GE(sysmon.rounds, 50);
      }
      last = pause;
      std::this_thread::yield();
    }
    EXPECT_EQ(last, 10'000'000);
  });
}

TEST(SysmonTest, AnIdleProgramUsesNoCpu) {
  WhileIdle([](const Sysmon& sysmon) {
    while (!sysmon.resting()) std::this_thread::yield();
    int64_t rounds = sysmon.rounds;
    int64_t before = CpuNs();
    usleep(200'000);
    EXPECT_EQ(sysmon.rounds, rounds);
    // An M looks every 20 ms whether this thread has ended, which would make it
    // a deadlock.
    EXPECT_LT(CpuNs() - before, 5'000'000);
  });
}

TEST(SysmonTest, WatchesAgainWhenAPGoesToWork) {
  WhileIdle([](const Sysmon& sysmon) {
    while (!sysmon.resting()) std::this_thread::yield();
    int64_t rounds = sysmon.rounds;
    Go([] {});
    while (sysmon.rounds == rounds) std::this_thread::yield();
    EXPECT_EQ(sysmon.rests, 1);
  });
}

}  // namespace
}  // namespace rt
