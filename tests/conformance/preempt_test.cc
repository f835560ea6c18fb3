// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Goroutines that would not give up their P are made to.

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <memory>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/internal/goroutine.h"
#include "runtime/internal/host.h"
#include "runtime/internal/m.h"
#include "runtime/internal/raw_mutex.h"
#include "runtime/internal/sanitizer.h"
#include "runtime/internal/sched.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using internal::ActiveScheduler;
using internal::Goroutine;
using internal::GoroutinePool;
using internal::GStatus;
using internal::Scheduler;
using testing::YieldUntil;

void OnProcs(int procs, absl::FunctionRef<void(Scheduler*)> body) {
  EXPECT_EQ(rt::Run([&] {
              GOMAXPROCS(procs);
              body(ActiveScheduler());
            }),
            0);
}

// Computes without a call, so without a place to give up the P, until `done`.
// ThreadSanitizer keeps a signal back until the next call that it intercepts:
// there has to be one.
template <typename Done>
void Spin(Done done) {
  while (!done()) {
    asm volatile("nop");  // Clang's loops without a body belong to no line.
    if (internal::kTsan) usleep(0);
  }
}

constexpr char kNoSignalWhileBlocked[] =
    "ThreadSanitizer keeps a signal back from a thread that is blocked in read "
    "or in a std::mutex, so nobody can be stopped there";

[[gnu::noinline]] void SpinForever() {
  Spin([] { return false; });
}

class PreemptTest : public testing::RuntimeTest {};
RT_INSTANTIATE(PreemptTest);

TEST_P(PreemptTest, LoopsThatNeverYieldShareTheProcessors) {
  Main([] {
    constexpr int kLoops = 20;
    std::atomic<int> met{0};
    WaitGroup wg;
    for (int i = 0; i < kLoops; ++i) {
      wg.Go([&] {
        ++met;
        Spin([&] { return met == kLoops; });
      });
    }
    wg.Wait();
    EXPECT_GT(ActiveScheduler()->preemptions, 0);
  });
}

TEST_P(PreemptTest, NeverMoreRunThanGOMAXPROCS) {
  Main([] {
    Scheduler* scheduler = ActiveScheduler();
    std::atomic<bool> stop{false};
    WaitGroup wg;
    for (int i = 0; i < 20; ++i)
      wg.Go([&] { Spin([&] { return stop.load(); }); });
    auto ticks = [&] {
      uint64_t sum = 0;
      for (int i = 0; i < scheduler->ps_made; ++i) {
        sum += scheduler->ps[i].load()->tick;
      }
      return sum;
    };
    std::thread([&] {
      while (scheduler->preemptions < 40) {
        uint64_t before = ticks();
        int running = 0;
        GoroutinePool::Get().ForEach([&](Goroutine* g) {
          if (g->status == GStatus::kRunning) ++running;
        });
        // Not if one began to run while we counted.
        if (ticks() == before) {
          EXPECT_LE(running, GOMAXPROCS(0));
        }
        usleep(100);
      }
      stop = true;
    }).join();
    wg.Wait();
  });
}

// Sysmon asks for a thread again and again, until one has come.
TEST_P(PreemptTest, NoMoreThreadsAreMadeAheadThanThereAreProcessors) {
  Main([] {
    Scheduler* scheduler = ActiveScheduler();
    auto threads = [&] {
      internal::RawLock lock(scheduler->mu);
      return scheduler->total_ms;
    };
    int before = threads();
    std::thread([&] {
      for (int i = 0; i < 100; ++i) scheduler->HaveSpareM();
      EXPECT_LE(threads() - before, GOMAXPROCS(0));
      while (!scheduler->HaveSpareM()) std::this_thread::yield();
    }).join();
  });
}

// Whoever is stopped may hold the lock of malloc; the others then wait for it,
// with the only P, and are stopped, too.
TEST(PreemptLibraryTest, InTheMiddleOfMalloc) {
  OnProcs(1, [](Scheduler* scheduler) {
    WaitGroup wg;
    for (int g = 0; g < 4; ++g) {
      wg.Go([&, g] {
        std::vector<std::unique_ptr<char[]>> kept(100);
        for (size_t i = 0; scheduler->preemptions < 20; ++i) {
          kept[i % 100].reset(new char[(i * 37 + g) % 5000]);
        }
      });
    }
    wg.Wait();
  });
}

TEST(PreemptLibraryTest, InTheMiddleOfIostreams) {
  OnProcs(1, [](Scheduler* scheduler) {
    WaitGroup wg;
    for (int g = 0; g < 4; ++g) {
      wg.Go([&, g] {
        while (scheduler->preemptions < 20) {
          std::ostringstream text;
          text << g << " of " << 4 << " at " << 0.5 << std::endl;
          EXPECT_EQ(text.str(), std::to_string(g) + " of 4 at 0.5\n");
        }
      });
    }
    wg.Wait();
  });
}

// A goroutine that holds a lock of the standard library is stopped; the one
// that wants it blocks the thread, and is stopped in turn.
TEST(PreemptLibraryTest, WhileHoldingAStandardMutex) {
  if (internal::kTsan) GTEST_SKIP() << kNoSignalWhileBlocked;
  OnProcs(1, [](Scheduler* scheduler) {
    std::mutex mu;
    WaitGroup wg;
    wg.Go([&] {
      std::lock_guard lock(mu);
      int64_t before = scheduler->preemptions;
      Spin([&] { return scheduler->preemptions > before; });
    });
    Gosched();  // Returns when the other one is stopped.
    std::lock_guard lock(mu);
    wg.Wait();
  });
}

// The same for who initialises a static variable of a function.
int InitializeSlowly(Scheduler* scheduler) {
  int64_t before = scheduler->preemptions;
  Spin([&] { return scheduler->preemptions > before; });
  return 42;
}

int InitializedOnce(Scheduler* scheduler) {
  static int value = InitializeSlowly(scheduler);
  return value;
}

TEST(PreemptLibraryTest, WhileInitializingAStaticVariable) {
#if defined(__clang__)
  if (internal::kTsan) GTEST_SKIP() << kNoSignalWhileBlocked;
#endif
  OnProcs(1, [](Scheduler* scheduler) {
    WaitGroup wg;
    for (int i = 0; i < 3; ++i) {
      wg.Go([&] { EXPECT_EQ(InitializedOnce(scheduler), 42); });
    }
    wg.Wait();
  });
}

// A system call that is not wrapped in Blocking is as bad as a loop, and goes
// on after it.
TEST(PreemptLibraryTest, InASystemCall) {
  if (internal::kTsan) GTEST_SKIP() << kNoSignalWhileBlocked;
  OnProcs(1, [](Scheduler*) {
    int fds[2];
    ASSERT_EQ(pipe(fds), 0);
    WaitGroup wg;
    wg.Go([&] {
      char byte = 0;
      EXPECT_EQ(read(fds[0], &byte, 1), 1);
      EXPECT_EQ(byte, 'x');
    });
    Gosched();
    ASSERT_EQ(write(fds[1], "x", 1), 1);
    wg.Wait();
    close(fds[0]);
    close(fds[1]);
  });
}

// blocking.h says so.
TEST(PreemptLibraryTest, ASleepOfTheKernelIsCutShort) {
  OnProcs(1, [](Scheduler*) {
    WaitGroup wg;
    wg.Go([&] {
      timespec time = {.tv_sec = 1000, .tv_nsec = 0};
      timespec left = {};
      EXPECT_EQ(nanosleep(&time, &left), -1);
      EXPECT_EQ(errno, EINTR);
      EXPECT_GT(left.tv_sec, 0);
    });
    Gosched();  // Returns when the other one is stopped.
    wg.Wait();
  });
}

TEST(PreemptStateTest, ErrnoIsTheGoroutinesOwn) {
  OnProcs(1, [](Scheduler* scheduler) {
    WaitGroup wg;
    for (int g = 1; g <= 3; ++g) {
      wg.Go([&, g] {
        errno = g;
        Spin([&] { return scheduler->preemptions >= 10; });
        if (!internal::kTsan) {
          EXPECT_EQ(errno, g);
        }
      });
    }
    wg.Wait();
  });
}

TEST(PreemptStateTest, ATimerOfTheOnlyPFires) {
  OnProcs(1, [](Scheduler*) {
    std::atomic<bool> slept{false};
    Go([&] {
      Sleep(absl::Milliseconds(1));
      slept = true;
    });
    Gosched();  // It sleeps.
    Spin([&] { return slept.load(); });
  });
}

// With nothing queued for it, but P 1 is one too many.
TEST(PreemptStateTest, LoweringGOMAXPROCSStopsWhoIsTooMany) {
  OnProcs(2, [](Scheduler* scheduler) {
    std::atomic<bool> stop{false};
    std::atomic<int> spinning{0};
    for (int i = 0; i < 2; ++i) {
      Go([&] {
        ++spinning;
        Spin([&] { return stop.load(); });
        --spinning;
      });
    }
    YieldUntil([&] { return spinning == 2; });
    GOMAXPROCS(1);
    YieldUntil([&] {
      return scheduler->ps[1].load()->status == internal::PStatus::kRetired;
    });
    stop = true;
    YieldUntil([&] { return spinning == 0; });
  });
}

// What is not preempted: tried, refused, and tried again until it works.
template <typename Region>
void ExpectRefusedIn() {
  OnProcs(1, [](Scheduler* scheduler) {
    bool ran = false;
    Go([&] { ran = true; });
    {
      Region region;
      Spin([&] { return scheduler->preemptions_refused >= 3; });
      EXPECT_FALSE(ran);
      EXPECT_EQ(scheduler->preemptions, 0);
    }
    Spin([&] { return *const_cast<volatile bool*>(&ran); });
    EXPECT_GT(scheduler->preemptions, 0);
  });
}

struct Pinned {
  Pinned() { EXPECT_EQ(internal::host::Pin(), 0); }
  ~Pinned() { internal::host::Unpin(); }
};

struct Locked {
  internal::RawMutex mu{internal::LockRank::kSched};
  internal::RawLock lock{mu};
};

TEST(PreemptRefusalTest, OfAPinnedGoroutine) { ExpectRefusedIn<Pinned>(); }

TEST(PreemptRefusalTest, OfWhoHoldsARawMutex) { ExpectRefusedIn<Locked>(); }

TEST(PreemptStressTest, WhileEverythingElseGoesOn) {
  OnProcs(2, [](Scheduler* scheduler) {
    auto c = MakeChan<int>();
    std::atomic<bool> stop{false};
    std::atomic<int> alive{0};
    auto start = [&](auto body) {
      ++alive;
      Go([&, body] {
        while (!stop) body();
        --alive;
      });
    };
    for (int i = 0; i < 3; ++i) {
      start([&] { Spin([&] { return stop.load(); }); });
    }
    Mutex mu;
    int64_t locked = 0;
    for (int i = 0; i < 3; ++i) {
      start([&] {
        mu.Lock();
        ++locked;
        mu.Unlock();
      });
      start([&] {
        WaitGroup wg;
        for (int k = 0; k < 10; ++k) wg.Go([] { Gosched(); });
        wg.Wait();
      });
      start([&] { Blocking([] { std::this_thread::yield(); }); });
    }
    start([&] { Sleep(absl::Microseconds(100)); });
    int64_t sum = 0;
    ++alive;
    Go([&] {
      for (int v : c) sum += v;
      --alive;
    });
    int64_t sent = 0;
    for (int round = 0; scheduler->preemptions < 50; ++round) {
      c.Send(1);
      ++sent;
      if (round % 100 == 0) GOMAXPROCS(1 + round / 100 % 3);
    }
    stop = true;
    c.Close();
    YieldUntil([&] { return alive == 0; });
    EXPECT_EQ(sum, sent);
    EXPECT_GT(locked, 0);
  });
}

// --- The end of the program --------------------------------------------------

TEST(PreemptEndTest, MainReturnsThoughAnotherOneLoops) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(
      {
        rt::Run([] {
          GOMAXPROCS(1);
          for (int i = 0; i < 3; ++i) Go(SpinForever);
          for (int i = 0; i < 5; ++i) Gosched();
          std::cout << "lost if not flushed";
          std::fputs("done\n", stderr);
        });
        std::abort();
      },
      ::testing::ExitedWithCode(0), "^done\n$");
}

TEST(PreemptEndTest, ADumpShowsWhereItWasStopped) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(rt::Run([] {
                GOMAXPROCS(1);
                Go(SpinForever);
                Gosched();  // Returns when the other one is stopped.
                internal::host::Fatal("enough");
              }),
              ::testing::ExitedWithCode(2),
              "fatal error: enough\n.*"
              "goroutine [0-9]+ \\[preempted\\]:\n"
              ".*SpinForever.*\n\t.*preempt_test.cc:[0-9]+\n"
              "created by .* in goroutine 1\n");
}

std::clock_t ThreadClock() {
  timespec used;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return used.tv_sec * CLOCKS_PER_SEC + used.tv_nsec / 1000;
}

// The thread of the only P hardly runs, next to one that has all the weight.
void RunStarved() {
  cpu_set_t here;
  CPU_ZERO(&here);
  CPU_SET(sched_getcpu(), &here);
  rt::Run([&] {
    GOMAXPROCS(1);
    Scheduler* scheduler = ActiveScheduler();
    const internal::M& starved = *internal::CurrentM();
    std::atomic<int64_t> had_ns{0};  // Its processor time; 0: not begun.
    std::atomic<bool> done{false};
    std::thread hog([&] {
      sched_setaffinity(0, sizeof(here), &here);
      while (had_ns == 0) {
      }
      absl::Time begin = Now();
      std::clock_t used = ThreadClock();
      while (ThreadClock() - used < 40 * CLOCKS_PER_SEC / 1000) {
      }
      int64_t preemptions = scheduler->preemptions;
      // After a second of that it is preempted all the same; and it may be if,
      // after all, the kernel has let it have its 10 ms.
      bool starves = internal::CpuNs(starved) - had_ns < 9'000'000 &&
                     Now() - begin < absl::Milliseconds(500);
      std::fputs(preemptions == 0 || !starves ? "left alone\n" : "stopped\n",
                 stderr);
      done = true;
    });
    sched_param none = {};
    sched_setaffinity(0, sizeof(here), &here);
    if (sched_setscheduler(0, SCHED_IDLE, &none) != 0) std::abort();
    Go([] {});
    had_ns = internal::CpuNs(starved);
    while (!done) {
    }
    hog.join();
  });
  std::exit(0);
}

TEST(PreemptEndTest, NotOfAThreadThatTheKernelDoesNotLetRun) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(RunStarved(), ::testing::ExitedWithCode(0), "^left alone\n$");
}

void RunShortOfThreads() {
  // Enough for the stacks of a few. (Nobody limits root's processes.)
  rlimit limit;
  limit.rlim_cur = limit.rlim_max = rlim_t{1} << 28;
  if (setrlimit(RLIMIT_AS, &limit) != 0) std::abort();
  rt::Run([] {
    GOMAXPROCS(1);
    Scheduler* scheduler = ActiveScheduler();
    WaitGroup wg;
    for (int i = 0; i < 100; ++i) {
      wg.Go([=] { Spin([=] { return scheduler->out_of_threads.load(); }); });
    }
    wg.Wait();
  });
  std::exit(0);
}

TEST(PreemptEndTest, WithoutMoreThreadsItSaysSoAndGoesOn) {
  if (internal::kTsan || internal::kAsan) {
    GTEST_SKIP() << "a sanitizer needs more address space than the limit";
  }
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(RunShortOfThreads(), ::testing::ExitedWithCode(0),
              "^runtime: no more OS threads \\(have [0-9]+; errno=11\\): "
              "goroutines that compute are no longer interrupted\n");
}

std::atomic<int> urgent{0};

TEST(PreemptEndTest, TheProgramsOwnHandlerOfSigurgIsCalled) {
  if (internal::kTsan) {
    GTEST_SKIP() << "ThreadSanitizer calls handlers later, and once for two "
                    "signals";
  }
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(
      {
        signal(SIGURG, [](int) { ++urgent; });
        rt::Run([] {
          GOMAXPROCS(1);
          raise(SIGURG);
          Go(SpinForever);
          Gosched();  // Returns when the other one is stopped.
          if (urgent != 1) std::abort();
        });
      },
      ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace rt
