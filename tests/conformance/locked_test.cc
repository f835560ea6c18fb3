// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// LockOSThread: one goroutine, one thread.

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <set>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/internal/goroutine.h"
#include "runtime/internal/host.h"
#include "runtime/internal/sanitizer.h"
#include "runtime/internal/sched.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using testing::YieldUntil;

using LockedTest = testing::RuntimeTest;
RT_INSTANTIATE(LockedTest);

TEST_P(LockedTest, StaysOnItsThreadAndNobodyElseRunsThere) {
  Main([] {
    constexpr int kOthers = 8;
    std::atomic<bool> stop{false};
    LockOSThread();
    pid_t mine = gettid();
    WaitGroup wg;
    for (int i = 0; i < kOthers; ++i) {
      wg.Go([&] {
        while (!stop) {
          EXPECT_NE(gettid(), mine);
          Gosched();
        }
      });
    }
    auto c = MakeChan<int>();
    wg.Go([=] {
      for (int i = 0; i < 100; ++i) c.Send(i);
      c.Close();
    });
    for (int i : c) {
      EXPECT_EQ(gettid(), mine);
      if (i % 10 == 0) Sleep(absl::Microseconds(10));
      if (i % 10 == 1) Blocking([] { usleep(30); });
      if (i % 10 == 2) Gosched();
      EXPECT_EQ(gettid(), mine);
    }
    stop = true;
    wg.Wait();
    UnlockOSThread();
  });
}

TEST_P(LockedTest, TwoOfThemHandOver) {
  Main([] {
    auto ping = MakeChan<int>();
    auto pong = MakeChan<int>();
    LockOSThread();
    pid_t mine = gettid();
    Go([=] {
      LockOSThread();
      pid_t other = gettid();
      EXPECT_NE(other, mine);
      for (int v : ping) {
        EXPECT_EQ(gettid(), other);
        pong.Send(v + 1);
      }
      UnlockOSThread();
      pong.Close();
    });
    for (int i = 0; i < 100; ++i) {
      ping.Send(i);
      EXPECT_EQ(pong.Recv(), i + 1);
      EXPECT_EQ(gettid(), mine);
    }
    ping.Close();
    pong.Recv();
    UnlockOSThread();
  });
}

TEST_P(LockedTest, IsUndoneAsOftenAsItWasDone) {
  Main([] {
    internal::Goroutine* self =
        static_cast<internal::Goroutine*>(internal::host::CurrentG());
    UnlockOSThread();  // Nothing to undo.
    LockOSThread();
    LockOSThread();
    UnlockOSThread();
    EXPECT_NE(self->thread, nullptr);
    UnlockOSThread();
    EXPECT_EQ(self->thread, nullptr);
  });
}

TEST_P(LockedTest, ItsThreadEndsWithIt) {
  Main([] {
    std::vector<pid_t> threads;
    std::set<pid_t> main_thread = {getpid()};
    for (int i = 0; i < 5; ++i) {
      WaitGroup wg;
      wg.Go([&] {
        LockOSThread();
        threads.push_back(gettid());
      });
      wg.Wait();
    }
    for (pid_t tid : threads) {
      if (main_thread.count(tid) > 0) continue;  // That one called Run.
      YieldUntil([&] {
        return syscall(SYS_tgkill, getpid(), tid, 0) != 0 && errno == ESRCH;
      });
    }
  });
}

TEST_P(LockedTest, IsPreemptedToo) {
  Main([] {
    internal::Scheduler* scheduler = internal::ActiveScheduler();
    WaitGroup wg;
    for (int g = 0; g < 20; ++g) {
      wg.Go([=] {
        LockOSThread();
        pid_t mine = gettid();
        while (scheduler->preemptions < 30) {
          if (internal::kTsan) usleep(0);
        }
        Gosched();
        EXPECT_EQ(gettid(), mine);
        UnlockOSThread();
      });
    }
    wg.Wait();
  });
}

}  // namespace
}  // namespace rt
