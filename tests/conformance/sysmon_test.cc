// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The thread that watches: how often it looks, and when it does not.

#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <thread>

#include "gtest/gtest.h"
#include "runtime/internal/sched.h"
#include "runtime/runtime.h"

namespace rt {
namespace {

using internal::ActiveScheduler;
using internal::Sysmon;

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
