// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What becomes of the P of a goroutine in a system call.

#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <string>
#include <thread>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/internal/host.h"
#include "runtime/internal/sched.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using internal::ActiveScheduler;
using internal::Scheduler;
using testing::YieldUntil;

class Pipe {
 public:
  Pipe() { EXPECT_EQ(pipe(fds_.data()), 0); }
  ~Pipe() {
    close(fds_[0]);
    close(fds_[1]);
  }
  void Read() {
    char byte;
    EXPECT_EQ(read(fds_[0], &byte, 1), 1);
  }
  void Write() { EXPECT_EQ(write(fds_[1], "x", 1), 1); }

 private:
  std::array<int, 2> fds_;
};

int CurrentP() {
  int id = internal::host::Pin();
  internal::host::Unpin();
  return id;
}

void OnProcs(int procs, absl::FunctionRef<void(Scheduler*)> body) {
  EXPECT_EQ(rt::Run([&] {
              GOMAXPROCS(procs);
              body(ActiveScheduler());
            }),
            0);
}

TEST(SyscallTest, WithNothingQueuedThePIsIdleAtOnceAndComesBack) {
  OnProcs(1, [](Scheduler* scheduler) {
    for (int i = 0; i < 1000; ++i) {
      int p = CurrentP();
      int idle = Blocking([&] { return scheduler->idle_ps.load(); });
      EXPECT_EQ(idle, 1);
      EXPECT_EQ(CurrentP(), p);
    }
    EXPECT_EQ(scheduler->sysmon.retakes, 0);
    EXPECT_EQ(scheduler->syscall_other_p, 0);
    EXPECT_EQ(scheduler->syscall_queued, 0);
  });
}

TEST(SyscallTest, ACallInsideOfACallIsNoMore) {
  OnProcs(1, [](Scheduler* scheduler) {
    int idle = Blocking([&] {
      Blocking([] { Blocking([] {}); });
      try {
        Blocking([] { throw Panic("inside"); });
      } catch (const Panic&) {
      }
      return scheduler->idle_ps.load();  // As before: it is still a call.
    });
    EXPECT_EQ(idle, 1);
    Gosched();  // And now it is over.
    EXPECT_EQ(CurrentP(), 0);
  });
}

// All that does not wait can be called inside.
TEST(SyscallTest, WhatNeedNotWaitWorksInside) {
  OnProcs(2, [](Scheduler*) {
    Mutex mu;
    auto room = MakeChan<int>(1);
    auto done = MakeChan<int>();
    WaitGroup wg;
    Once once;
    int before = Blocking([&] {
      mu.Lock();
      mu.Unlock();
      room.Send(1);
      EXPECT_EQ(Select(OnSend(room, 2), Default()), 1);
      wg.Go([=] { done.Recv(); });
      once.Do([] {});
      EXPECT_EQ(Stack().find("goroutine 1 [running]:\n"), 0);
      done.Close();
      return GOMAXPROCS(1);
    });
    EXPECT_EQ(before, 2);
    EXPECT_EQ(room.Recv(), 1);
    wg.Wait();
  });
}

TEST(SyscallTest, GoexitInsideOfACallEndsTheGoroutine) {
  OnProcs(1, [](Scheduler*) {
    WaitGroup wg;
    bool after = false;
    wg.Go([&] {
      Blocking([] { Blocking([] { Goexit(); }); });
      after = true;
    });
    wg.Wait();
    EXPECT_FALSE(after);
  });
}

// Reading and writing files, which no poller can wait for, keeps no P.
TEST(SyscallTest, FilesHoldNoP) {
  OnProcs(1, [](Scheduler*) {
    std::FILE* made = std::tmpfile();
    ASSERT_NE(made, nullptr);
    int file = fileno(made);
    std::atomic<int64_t> turns{0};
    std::atomic<bool> stop{false};
    WaitGroup others;
    for (int i = 0; i < 4; ++i) {
      others.Go([&] {
        for (; !stop; Gosched()) ++turns;
      });
    }
    // Each call returns when the others have had the only P meanwhile.
    auto while_others_run = [&](auto call) {
      return Blocking([&] {
        auto result = call();
        for (int64_t before = turns; turns < before + 4;) {
          std::this_thread::yield();
        }
        return result;
      });
    };
    for (int i = 0; i < 20; ++i) {
      std::string text = "line " + std::to_string(i) + "\n";
      auto size = static_cast<ssize_t>(text.size());
      off_t at = lseek(file, 0, SEEK_END);
      EXPECT_EQ(while_others_run(
                    [&] { return write(file, text.data(), text.size()); }),
                size);
      EXPECT_EQ(while_others_run([&] { return fsync(file); }), 0);
      std::string got(text.size() + 1, '\0');
      EXPECT_EQ(while_others_run(
                    [&] { return pread(file, got.data(), got.size(), at); }),
                size);
      got.resize(text.size());
      EXPECT_EQ(got, text);
    }
    stop = true;
    others.Wait();
    std::fclose(made);
  });
}

TEST(SyscallTest, SysmonTakesThePOfACallThatLasts) {
  OnProcs(1, [](Scheduler* scheduler) {
    for (int i = 0; i < 20; ++i) {
      int64_t before = scheduler->sysmon.retakes;
      Pipe pipe;
      Go([&] { pipe.Write(); });  // Queued on the only P.
      Blocking([&] { pipe.Read(); });
      EXPECT_EQ(scheduler->sysmon.retakes, before + 1);
    }
  });
}

TEST(SyscallTest, SysmonThatWasRestingTakesIt) {
  OnProcs(1, [](Scheduler* scheduler) {
    Pipe pipe;
    Blocking([&] {
      while (!scheduler->sysmon.resting()) std::this_thread::yield();
    });
    Go([&] { pipe.Write(); });
    Blocking([&] { pipe.Read(); });
    EXPECT_EQ(scheduler->sysmon.retakes, 1);
    EXPECT_EQ(scheduler->sysmon.rests, 1);
  });
}

TEST(SyscallTest, GoroutinesInCallsHoldNoP) {
  OnProcs(2, [](Scheduler*) {
    constexpr int kCount = 50;
    std::array<Pipe, kCount + 1> pipes;
    WaitGroup wg;
    for (int i = 0; i < kCount; ++i) {
      wg.Go([&, i] {
        Blocking([&] { pipes[i].Read(); });
        pipes[i + 1].Write();
      });
    }
    pipes[0].Write();
    Blocking([&] { pipes[kCount].Read(); });
    wg.Wait();
  });
}

TEST(SyscallTest, ReturnsToAnotherIdlePIfItsOwnIsBusy) {
  OnProcs(2, [](Scheduler* scheduler) {
    std::atomic<bool> busy{false};
    std::atomic<bool> release{false};
    std::atomic<int> ended{0};
    int started = 0;
    int p = CurrentP();
    Blocking([&] {
      while (!busy) {  // Until one happens to run there.
        while (ended != started) std::this_thread::yield();
        ++started;
        std::thread([&] {
          Go([&] {
            if (CurrentP() == p) {
              busy = true;
              while (!release) std::this_thread::yield();
            }
            ++ended;
          });
        }).join();
        while (!busy && ended != started) std::this_thread::yield();
      }
      // And whoever looked for more work has given up.
      while (scheduler->idle_ps != 1) std::this_thread::yield();
    });
    EXPECT_EQ(scheduler->syscall_other_p, 1);
    EXPECT_NE(CurrentP(), p);
    release = true;
    YieldUntil([&] { return ended == started; });
  });
}

TEST(SyscallTest, WithNoIdlePItWaitsOnTheGlobalQueue) {
  OnProcs(1, [](Scheduler* scheduler) {
    std::atomic<bool> busy{false};
    WaitGroup wg;
    wg.Add(1);
    Blocking([&] {
      std::thread([&] {
        Go([&] {
          busy = true;
          while (scheduler->syscall_queued == 0) std::this_thread::yield();
          wg.Done();
        });
      }).join();
      while (!busy) std::this_thread::yield();
    });
    EXPECT_EQ(scheduler->syscall_queued, 1);
    wg.Wait();
  });
}

TEST(SyscallTest, ATimerIsServedWhileTheOnlyGoroutineIsInACall) {
  OnProcs(1, [](Scheduler*) {
    Pipe pipe;
    Go([&] {
      Sleep(absl::Milliseconds(1));
      pipe.Write();
    });
    Gosched();  // It sleeps.
    Blocking([&] { pipe.Read(); });
  });
}

TEST(SyscallTest, FewerPsThanGoroutinesThatComeBack) {
  OnProcs(4, [](Scheduler*) {
    std::atomic<int> done{0};
    for (int g = 0; g < 16; ++g) {
      Go([&] {
        for (int i = 0; i < 200; ++i) {
          Blocking([] { std::this_thread::yield(); });
          if (i % 50 == 0) GOMAXPROCS(1 + i % 4);
        }
        ++done;
      });
    }
    YieldUntil([&] { return done == 16; });
  });
}

}  // namespace
}  // namespace rt
