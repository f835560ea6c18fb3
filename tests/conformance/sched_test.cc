// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What the lessons say about the scheduler, observed.

#include "runtime/internal/sched.h"

#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/internal/m.h"
#include "runtime/internal/netpoll.h"
#include "runtime/internal/no_preempt.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using internal::Netpoll;
using internal::PollDesc;
using internal::PollResult;
using internal::PollSide;
using ::testing::ElementsAre;
using testing::YieldUntil;

using SchedulerProcsTest = testing::RuntimeTest;
RT_INSTANTIATE(SchedulerProcsTest);

// Runs `body` with one P.
void OnOneP(absl::FunctionRef<void()> body) {
  EXPECT_EQ(rt::Run([&] {
              GOMAXPROCS(1);
              body();
            }),
            0);
}

TEST(SchedulerTest, TheOneMadeReadyLastRunsNextTheOthersInOrder) {
  std::vector<int> order;
  OnOneP([&] {
    WaitGroup wg;
    for (int i = 1; i <= 4; ++i) wg.Go([&, i] { order.push_back(i); });
    wg.Wait();
  });
  EXPECT_THAT(order, ElementsAre(4, 1, 2, 3));
}

TEST(SchedulerTest, GoschedGoesToTheEndOfTheQueue) {
  std::vector<int> order;
  OnOneP([&] {
    WaitGroup wg;
    for (int i = 1; i <= 2; ++i) {
      wg.Go([&, i] {
        order.push_back(i);
        Gosched();
        order.push_back(10 * i);
      });
    }
    wg.Wait();
  });
  EXPECT_THAT(order, ElementsAre(2, 1, 20, 10));
}

TEST(SchedulerTest, APairThatAlwaysRunsNextDoesNotStarveOthers) {
  bool ran = false;
  OnOneP([&] {
    auto ping = MakeChan<int>();
    auto pong = MakeChan<int>();
    Go([&] { ran = true; });
    Go([&] {
      for (int v : ping) pong.Send(v);
    });
    while (!ran) {
      ping.Send(1);
      pong.Recv();
    }
    ping.Close();
  });
  EXPECT_TRUE(ran);
}

TEST(SchedulerTest, APairThatComputesHasOneSliceTogether) {
  constexpr auto kTurn = std::chrono::milliseconds(1);
  int turns = 0;
  OnOneP([&] {
    bool ran = false;
    auto ping = MakeChan<int>();
    auto pong = MakeChan<int>();
    Go([&] { ran = true; });
    Go([&] {
      for (int v : ping) pong.Send(v);
    });
    while (!ran) {
      ++turns;
      ping.Send(1);
      pong.Recv();
      auto end = std::chrono::steady_clock::now() + kTurn;
      while (std::chrono::steady_clock::now() < end) {
      }
    }
    ping.Close();
  });
  // A slice is 10 ms; without its end it would be 5,000 turns.
  EXPECT_LT(turns, 1'000);
}

TEST(SchedulerTest, TheGlobalQueueIsServedWhileTheLocalOneIsNeverEmpty) {
  OnOneP([] {
    std::atomic<bool> ran{false};
    // Starts on the global queue: this thread has no P.
    std::thread([&] { Go([&] { ran = true; }); }).join();
    Go([&] {
      while (!ran) Gosched();
    });
    YieldUntil([&] { return ran.load(); });
  });
}

TEST(SchedulerTest, TheGlobalQueueIsServedAtEvery61stTick) {
  OnOneP([] {
    internal::P* p = internal::ActiveScheduler()->ps[0].load();
    auto ping = MakeChan<int>();
    auto pong = MakeChan<int>();
    Go([&] {
      for (int v : ping) pong.Send(v);
    });
    for (int round = 0; round < 10; ++round) {
      uint32_t ran_at = 0;
      uint32_t queued_at = p->tick;
      int64_t before = internal::ActiveScheduler()->preemptions.load();
      std::thread([&] { Go([&] { ran_at = p->tick; }); }).join();
      // One of the two is always ready on the local queue.
      while (ran_at == 0) {
        ping.Send(1);
        pong.Recv();
      }
      // Unless this thread was kept from running for so long that it was
      // preempted.
      if (internal::ActiveScheduler()->preemptions.load() != before) continue;
      EXPECT_LE(ran_at - queued_at, 61u);
      EXPECT_EQ(ran_at % 61, 1u);
    }
    ping.Close();
  });
}

TEST(SchedulerTest, ABusyPsGoroutinesAreStolen) {
  EXPECT_EQ(rt::Run([] {
              GOMAXPROCS(2);
              internal::Scheduler* scheduler = internal::ActiveScheduler();
              int64_t before = scheduler->steals;
              std::atomic<int> ran{0};
              for (int i = 0; i < 10; ++i) Go([&] { ++ran; });
              // No call of rt in this loop: whoever runs, runs elsewhere.
              while (ran < 10) std::this_thread::yield();
              EXPECT_GT(scheduler->steals, before);
            }),
            0);
}

// While a pair wakes each other, an idle M looks ever more rarely whether there
// is something for it; when one of the two computes on, it takes the other.
TEST(SchedulerTest, APairIsLeftAloneUntilOneOfItComputes) {
  EXPECT_EQ(rt::Run([] {
              GOMAXPROCS(2);
              internal::Scheduler* scheduler = internal::ActiveScheduler();
              auto ping = MakeChan<int>();
              auto pong = MakeChan<int>();
              std::atomic<bool> got{false};
              WaitGroup wg;
              wg.Go([&] {
                for (int v : ping) {
                  got = true;
                  pong.Send(v);
                }
              });
              while (scheduler->doze.ns() < internal::Doze::kLongestNs) {
                ping.Send(1);
                pong.Recv();
              }
              // Not each time: sysmon may be faster, if the M is kept away.
              int64_t before = scheduler->steals;
              while (scheduler->steals == before) {
                got = false;
                ping.Send(1);
                while (!got) std::this_thread::yield();
                pong.Recv();
              }
              ping.Close();
              wg.Wait();
              // Nobody makes anybody ready any more: it sleeps for good.
              for (int seen = 0; seen < 1000;) {
                seen = scheduler->doze.somebody() ? 0 : seen + 1;
                std::this_thread::yield();
              }
            }),
            0);
}

TEST_P(SchedulerProcsTest, HalfAsManySpinAsAreBusyAndOneMoreOfAnOddNumber) {
  internal::Scheduler stopped;
  for (int i = 0; i < GetParam(); ++i) {
    testing::AddP(&stopped, internal::PStatus::kRunning);
  }
  for (int idle = 0; idle < GetParam(); ++idle) {
    stopped.idle_ps = idle;
    stopped.spinning = 0;
    for (int m = 0; m < GetParam() - idle; ++m) {
      internal::M one(&stopped, m);
      stopped.MaySpin(&one);
      EXPECT_EQ(one.spinning, stopped.MaySpin(&one));
    }
    EXPECT_EQ(stopped.spinning, (GetParam() - idle + 1) / 2);
  }
}

// Else nobody would ever be woken again.
TEST_P(SchedulerProcsTest, NobodyCountsAsSpinningWhenAllAreIdle) {
  Main([] {
    internal::Scheduler* scheduler = internal::ActiveScheduler();
    for (int i = 0; i < 1000; ++i) {
      GOMAXPROCS(1 + i % 8);
      WaitGroup wg;
      for (int g = 0; g < 4; ++g) wg.Go([] { Gosched(); });
      wg.Wait();
    }
    GOMAXPROCS(GetParam());
    // One that has just been woken may still look.
    while (scheduler->spinning != 0) std::this_thread::yield();
  });
}

TEST_P(SchedulerProcsTest, NeverMoreRunThanGOMAXPROCS) {
  Main([] {
    std::atomic<int> running{0};
    std::atomic<int> most{0};
    WaitGroup wg;
    for (int g = 0; g < 2 * GOMAXPROCS(0) + 2; ++g) {
      wg.Go([&] {
        for (int i = 0; i < 100; ++i) {
          {
            // One that is preempted would be counted, and not run.
            internal::NoPreempt region;
            int now = ++running;
            int seen = most;
            while (now > seen && !most.compare_exchange_weak(seen, now)) {
            }
            std::this_thread::yield();
            --running;
          }
          if (i % 2 == 0) {
            Gosched();
          } else {
            Blocking([] { std::this_thread::yield(); });
          }
        }
      });
    }
    wg.Wait();
    EXPECT_LE(most, GOMAXPROCS(0));
  });
}

// --- The order in which an M looks for work ----------------------------------

// A goroutine that waits for the network, and can be made to have what it
// waits for without anybody's knowing.
class Reader {
 public:
  explicit Reader(absl::AnyInvocable<void()> then) {
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds_), 0);
    EXPECT_EQ(PollDesc::Open(fds_[0], /*writing=*/false, &desc_), 0);
    wg_.Go([this, then = std::move(then)]() mutable {
      EXPECT_EQ(desc_->Wait(PollSide::kRead), PollResult::kReady);
      then();
    });
    YieldUntil([] { return Netpoll::Get().waiters() == 1; });
  }
  ~Reader() {
    desc_->Evict();
    desc_->Release();
    close(fds_[0]);
    close(fds_[1]);
  }
  void Send() { EXPECT_EQ(write(fds_[1], "x", 1), 1); }
  void Wait() { wg_.Wait(); }

 private:
  int fds_[2];
  PollDesc* desc_ = nullptr;
  WaitGroup wg_;
};

TEST(SchedulerOrderTest, ItsOwnQueueThenTheGlobalOneThenTheNetwork) {
  OnOneP([] {
    internal::Scheduler* scheduler = internal::ActiveScheduler();
    internal::P* p = scheduler->ps[0].load();
    for (bool judged = false; !judged;) {
      std::vector<std::string> order;
      Reader reader([&] { order.push_back("network"); });
      int64_t preemptions = scheduler->preemptions;
      int64_t polled_ns = Netpoll::Get().last_poll_ns();
      reader.Send();
      WaitGroup wg;
      std::thread([&] { wg.Go([&] { order.push_back("global"); }); }).join();
      wg.Go([&] { order.push_back("local"); });
      // Unless sysmon has come in between, or the global queue's turn comes.
      judged = scheduler->preemptions == preemptions &&
               Netpoll::Get().last_poll_ns() == polled_ns &&
               p->tick % 61 - 1 < 50;
      wg.Wait();
      reader.Wait();
      if (!judged) continue;
      EXPECT_THAT(order, ElementsAre("local", "global", "network"));
    }
  });
}

TEST(SchedulerOrderTest, TheNetworkThenOthersQueues) {
  EXPECT_EQ(rt::Run([] {
              GOMAXPROCS(2);
              internal::Scheduler* scheduler = internal::ActiveScheduler();
              for (bool judged = false; !judged;) {
                std::atomic<bool> busy{false}, release{false};
                std::atomic<int> ran{0};
                int network = 0;
                int other = 0;
                Reader reader([&] { network = ++ran; });
                Go([&] {
                  busy = true;
                  while (!release) std::this_thread::yield();
                });
                // No call of rt in these loops: others run elsewhere.
                while (!busy) std::this_thread::yield();
                int64_t preemptions = scheduler->preemptions;
                reader.Send();
                WaitGroup wg;
                wg.Go([&] { other = ++ran; });
                release = true;
                while (ran < 2) std::this_thread::yield();
                judged = scheduler->preemptions == preemptions;
                reader.Wait();
                wg.Wait();
                if (judged) {
                  EXPECT_LT(network, other);
                }
              }
            }),
            0);
}

TEST(SchedulerTest, ABlockingCallDoesNotHoldTheP) {
  OnOneP([] {
    int fds[2];
    ASSERT_EQ(pipe(fds), 0);
    auto got = MakeChan<char>(1);
    Go([=] {
      char byte = 0;
      ssize_t n = Blocking([&] { return read(fds[0], &byte, 1); });
      EXPECT_EQ(n, 1);
      got.Send(byte);
    });
    Gosched();  // The reader reads, and has the only P no more.
    ASSERT_EQ(write(fds[1], "x", 1), 1);
    EXPECT_EQ(got.Recv(), 'x');
    close(fds[0]);
    close(fds[1]);
  });
}

TEST(SchedulerTest, BlockingReturnsAndThrowsWhatItsFunctionDoes) {
  OnOneP([] {
    EXPECT_EQ(Blocking([] { return 5; }), 5);
    int value = 0;
    int& reference = Blocking([&]() -> int& { return value; });
    EXPECT_EQ(&reference, &value);
    EXPECT_THROW(Blocking([] { throw Panic("inside"); }), Panic);
    Gosched();  // And the P is back.
  });
}

TEST(SchedulerTest, StacksAreUsedAgain) {
  OnOneP([] {
    std::set<void*> stacks;
    for (int i = 0; i < 1000; ++i) {
      WaitGroup wg;
      wg.Go([&] { stacks.insert(__builtin_frame_address(0)); });
      wg.Wait();
    }
    EXPECT_EQ(stacks.size(), 1u);
  });
}

TEST(SchedulerTest, AGoroutineThatHasNotRunHasNoStack) {
  OnOneP([] {
    for (int i = 0; i < 100; ++i) Go([] {});
    int with_stack = 0;
    internal::GoroutinePool::Get().ForEach([&](internal::Goroutine* g) {
      // Idle with a stack: abandoned by an earlier Run.
      if (g->stack.base != nullptr && g->status != internal::GStatus::kIdle) {
        ++with_stack;
      }
    });
    EXPECT_EQ(with_stack, 1);  // This one.
    YieldUntil([] { return NumGoroutine() == 1; });
  });
}

// The thread that waits for timers becomes busy with the first: another one
// must wait for the second.
TEST(SchedulerTest, ATimerIsServedWhileTheFirstOnesGoroutineComputes) {
  EXPECT_EQ(rt::Run([] {
              GOMAXPROCS(2);
              std::atomic<bool> second{false};
              WaitGroup wg;
              wg.Go([&] {
                Sleep(absl::Milliseconds(1));
                while (!second) std::this_thread::yield();
              });
              wg.Go([&] {
                Sleep(absl::Milliseconds(10));
                second = true;
              });
              wg.Wait();
            }),
            0);
}

TEST(SchedulerTest, AnIdleProgramUsesNoCpu) {
  EXPECT_EQ(rt::Run([] {
              GOMAXPROCS(4);
              WaitGroup wg;
              for (int i = 0; i < 8; ++i) wg.Go([] {});
              wg.Wait();
              std::clock_t before = std::clock();
              Sleep(absl::Milliseconds(100));
              // A spinning thread would have used all of it.
              EXPECT_LT(std::clock() - before, CLOCKS_PER_SEC / 20);
            }),
            0);
}

}  // namespace
}  // namespace rt
