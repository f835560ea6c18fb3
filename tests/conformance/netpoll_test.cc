// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The poller by itself: who waits, who is woken, what it costs the others.

#include "runtime/internal/netpoll.h"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <vector>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/internal/raw_mutex.h"
#include "runtime/internal/sched.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using internal::Netpoll;
using internal::PollDesc;
using internal::PollResult;
using internal::PollSide;
using ::testing::HasSubstr;
using testing::YieldUntil;

// Two connected sockets, the first one registered.
struct Pair {
  Pair() {
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
                         fds.data()),
              0);
    EXPECT_EQ(PollDesc::Open(fds[0], /*writing=*/false, &desc), 0);
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;
  ~Pair() {
    desc->Evict();
    desc->Release();
    close(fds[0]);
    close(fds[1]);
  }

  // A byte from the other end.
  char Read() {
    char byte = 0;
    EXPECT_EQ(desc->Check(PollSide::kRead), PollResult::kReady);
    while (read(fds[0], &byte, 1) != 1) {
      EXPECT_EQ(errno, EAGAIN);
      EXPECT_EQ(desc->Wait(PollSide::kRead), PollResult::kReady);
    }
    return byte;
  }
  void Send(char byte) { EXPECT_EQ(write(fds[1], &byte, 1), 1); }

  std::array<int, 2> fds;
  PollDesc* desc = nullptr;
};

void WaitForWaiters(int count) {
  YieldUntil([&] { return Netpoll::Get().waiters() == count; });
}

using NetpollTest = rt::testing::RuntimeTest;

TEST_P(NetpollTest, AReaderWaitsForData) {
  Main([] {
    Pair pair;
    WaitGroup wg;
    wg.Go([&] { EXPECT_EQ(pair.Read(), 'x'); });
    WaitForWaiters(1);
    pair.Send('x');
    wg.Wait();
    EXPECT_EQ(Netpoll::Get().waiters(), 0);
  });
}

TEST_P(NetpollTest, DataThatIsThereIsNotWaitedFor) {
  Main([] {
    Pair pair;
    pair.Send('x');
    EXPECT_EQ(pair.Read(), 'x');
  });
}

TEST_P(NetpollTest, AWriterWaitsForRoom) {
  Main([] {
    Pair pair;
    std::vector<char> block(1 << 16);
    // Fill it: no edge reports that it is full.
    while (write(pair.fds[0], block.data(), block.size()) > 0) {
    }
    WaitGroup wg;
    wg.Go([&] {
      EXPECT_EQ(pair.desc->Wait(PollSide::kWrite), PollResult::kReady);
      EXPECT_GT(write(pair.fds[0], "x", 1), 0);
    });
    WaitForWaiters(1);
    while (read(pair.fds[1], block.data(), block.size()) > 0) {
    }
    wg.Wait();
  });
}

TEST_P(NetpollTest, BothSidesWaitByThemselves) {
  Main([] {
    Pair pair;
    std::vector<char> block(1 << 16);
    while (write(pair.fds[0], block.data(), block.size()) > 0) {
    }
    std::atomic<bool> read_something{false};
    WaitGroup reader;
    reader.Go([&] {
      pair.Read();
      read_something = true;
    });
    WaitGroup writer;
    writer.Go([&] {
      EXPECT_EQ(pair.desc->Wait(PollSide::kWrite), PollResult::kReady);
    });
    WaitForWaiters(2);
    while (read(pair.fds[1], block.data(), block.size()) > 0) {
    }
    writer.Wait();
    EXPECT_FALSE(read_something);
    pair.Send('x');
    reader.Wait();
  });
}

TEST_P(NetpollTest, EvictionWakesAndForbids) {
  Main([] {
    Pair pair;
    WaitGroup wg;
    for (PollSide side : {PollSide::kRead, PollSide::kWrite}) {
      if (side == PollSide::kWrite) {
        std::vector<char> block(1 << 16);
        while (write(pair.fds[0], block.data(), block.size()) > 0) {
        }
      }
      wg.Go([&, side] {
        EXPECT_EQ(pair.desc->Wait(side), PollResult::kClosing);
      });
    }
    WaitForWaiters(2);
    pair.desc->Evict();
    wg.Wait();
    EXPECT_EQ(pair.desc->Check(PollSide::kRead), PollResult::kClosing);
    EXPECT_EQ(pair.desc->Wait(PollSide::kWrite), PollResult::kClosing);
  });
}

TEST_P(NetpollTest, AnEndThatClosesIsAnEvent) {
  Main([] {
    Pair pair;
    WaitGroup wg;
    wg.Go([&] {
      char byte;
      EXPECT_EQ(pair.desc->Wait(PollSide::kRead), PollResult::kReady);
      EXPECT_EQ(read(pair.fds[0], &byte, 1), 0);
    });
    WaitForWaiters(1);
    shutdown(pair.fds[1], SHUT_WR);
    wg.Wait();
  });
}

// Each hop is a wait; every pair is used by two goroutines at once.
TEST_P(NetpollTest, ManyPassATokenOn) {
  Main([] {
    constexpr int kPairs = 100;
    constexpr int kRounds = 20;
    std::vector<Pair> ring(kPairs);
    WaitGroup wg;
    for (int i = 0; i < kPairs; ++i) {
      wg.Go([&, i] {
        for (int round = 0; round < kRounds; ++round) {
          char token = ring[i].Read();
          ring[(i + 1) % kPairs].Send(token);
        }
      });
    }
    for (int i = 0; i < kPairs; i += 10) ring[i].Send('a');
    wg.Wait();
  });
}

TEST_P(NetpollTest, WhoWaitsHoldsNeitherPNorThread) {
  Main([] {
    internal::Scheduler* scheduler = internal::ActiveScheduler();
    constexpr int kPairs = 1000;
    std::vector<Pair> pairs(kPairs);
    WaitGroup wg;
    for (Pair& pair : pairs) wg.Go([&] { pair.Read(); });
    WaitForWaiters(kPairs);
    int threads;
    {
      internal::RawLock lock(scheduler->mu);
      threads = scheduler->total_ms;
    }
    // Some for each P: who runs, who polls, who was preempted.
    EXPECT_LT(threads, 100);
    for (Pair& pair : pairs) pair.Send('x');
    wg.Wait();
  });
}

// Descriptors come and go, with the same numbers and the same PollDescs, while
// others poll.
TEST_P(NetpollTest, DescriptorsAreUsedAgain) {
  Main([] {
    WaitGroup wg;
    for (int i = 0; i < 4; ++i) {
      wg.Go([] {
        for (int round = 0; round < 200; ++round) {
          Pair pair;
          WaitGroup reader;
          reader.Go([&] { EXPECT_EQ(pair.Read(), 'x'); });
          if (round % 2 == 0) Gosched();
          pair.Send('x');
          reader.Wait();
        }
      });
    }
    wg.Wait();
  });
}

RT_INSTANTIATE(NetpollTest);

// A child process that writes 'x' to a socket when `delay_us` have passed.
pid_t WriteLater(int fd, useconds_t delay_us) {
  pid_t child = fork();
  if (child == 0) {
    usleep(delay_us);
    _exit(write(fd, "x", 1) == 1 ? 0 : 1);
  }
  return child;
}

void ExpectSuccess(pid_t child) {
  int status = -1;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

// Nobody in this process can make a goroutine ready, but that is no deadlock:
// the event comes from another process. And nothing spins meanwhile.
TEST(NetpollWaitTest, WaitingForOthersIsNeitherDeadlockNorWork) {
  std::clock_t used = 0;
  EXPECT_EQ(rt::Run([&] {
              GOMAXPROCS(4);
              Pair pair;
              auto done = MakeChan<char>();
              pid_t child = WriteLater(pair.fds[1], 100'000);
              std::clock_t before = std::clock();
              Go([&] { done.Send(pair.Read()); });
              EXPECT_EQ(done.Recv(), 'x');
              used = std::clock() - before;
              ExpectSuccess(child);
            }),
            0);
  EXPECT_LT(used, CLOCKS_PER_SEC / 20);
}

// The thread that waits in the poller sees to the timers, too.
TEST(NetpollWaitTest, TimersGoOnWhileSomebodyWaits) {
  EXPECT_EQ(rt::Run([] {
              Pair pair;
              Pair other;
              WaitGroup wg;
              wg.Go([&] { pair.Read(); });
              WaitForWaiters(1);
              wg.Go([&] {
                other.Read();
                Sleep(absl::Milliseconds(2));
                pair.Send('x');
              });
              WaitForWaiters(2);
              EXPECT_THAT(AllStacks(), HasSubstr(" [IO wait]:\n"));
              Sleep(absl::Milliseconds(2));
              other.Send('x');
              wg.Wait();
            }),
            0);
}

TEST(NetpollWaitTest, AnIdlePSeesToTheNetworkWhileAnotherComputes) {
  EXPECT_EQ(rt::Run([] {
              GOMAXPROCS(2);
              Pair pair;
              std::atomic<bool> got{false};
              Go([&] {
                pair.Read();
                got = true;
              });
              WaitForWaiters(1);
              pair.Send('x');
              // No call of rt in this loop.
              while (!got) usleep(10);
            }),
            0);
}

// The queue is never empty, so only sysmon looks.
TEST(NetpollWaitTest, ABusyQueueDoesNotKeepTheNetworkWaiting) {
  EXPECT_EQ(rt::Run([] {
              GOMAXPROCS(1);
              Pair pair;
              bool got = false;
              Go([&] {
                pair.Read();
                got = true;
              });
              WaitForWaiters(1);
              pair.Send('x');
              YieldUntil([&] { return got; });
            }),
            0);
}

TEST(NetpollWaitTest, WhoIsLeftBehindIsForgotten) {
  for (int i = 0; i < 3; ++i) {
    // Abandoned with its goroutine.
    auto* pair = new Pair;
    EXPECT_EQ(rt::Run([&] {
                Go([=] { pair->Read(); });
                WaitForWaiters(1);
              }),
              0);
    EXPECT_EQ(Netpoll::Get().waiters(), 0);
    EXPECT_EQ(rt::Run([&] {
                pair->Send('x');
                Pair other;
                WaitGroup wg;
                wg.Go([&] { other.Read(); });
                WaitForWaiters(1);
                other.Send('x');
                wg.Wait();
              }),
              0);
    delete pair;
  }
}

// That there is a poller does not hide a deadlock.
TEST(NetpollDeathTest, ADeadlockWithoutWaitersIsReported) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(rt::Run([] {
                Pair pair;
                WaitGroup wg;
                wg.Go([&] {
                  EXPECT_EQ(pair.desc->Wait(PollSide::kRead),
                            PollResult::kClosing);
                });
                WaitForWaiters(1);
                pair.desc->Evict();
                wg.Wait();
                MakeChan<int>().Recv();
              }),
              ::testing::ExitedWithCode(2),
              "^fatal error: all goroutines are asleep - deadlock!");
}

TEST(NetpollOpenTest, WhatCannotBePolledIsRefused) {
  char name[] = "/tmp/netpoll_test_XXXXXX";
  int fd = mkstemp(name);
  ASSERT_GE(fd, 0);
  unlink(name);
  PollDesc* desc = nullptr;
  EXPECT_EQ(PollDesc::Open(fd, /*writing=*/false, &desc), EPERM);
  EXPECT_EQ(desc, nullptr);
  close(fd);
}

}  // namespace
}  // namespace rt
