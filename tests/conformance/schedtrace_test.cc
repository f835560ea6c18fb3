// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// GODEBUG=schedtrace, to the letter, and SIGQUIT.

#include "runtime/internal/schedtrace.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <regex>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/internal/g.h"
#include "runtime/internal/goroutine.h"
#include "runtime/internal/host.h"
#include "runtime/internal/m.h"
#include "runtime/internal/p.h"
#include "runtime/internal/raw_mutex.h"
#include "runtime/internal/sanitizer.h"
#include "runtime/internal/sched.h"
#include "runtime/runtime.h"
#include "tests/support/failure.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using internal::Goroutine;
using internal::GStatus;
using internal::M;
using internal::P;
using internal::PStatus;
using internal::Scheduler;
using testing::AddP;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using testing::WaitUntilBlocked;
using testing::YieldUntil;

std::string Trace(int64_t ms, bool detailed,
                  Scheduler* scheduler = internal::ActiveScheduler()) {
  std::string text;
  internal::WriteSchedTrace(
      scheduler, ms, detailed,
      [](const char* piece, size_t size, void* all) {
        static_cast<std::string*>(all)->append(piece, size);
      },
      &text);
  return text;
}

using SchedTraceTest = testing::RuntimeTest;
RT_INSTANTIATE(SchedTraceTest);

TEST_P(SchedTraceTest, Summary) {
  Main([] {
    EXPECT_THAT(
        Trace(1004, /*detailed=*/false),
        MatchesRegex("SCHED 1004ms: gomaxprocs=" + std::to_string(GetParam()) +
                     " idleprocs=[0-9]+ threads=[0-9]+ spinningthreads=[0-9]+ "
                     "needspinning=0 idlethreads=[0-9]+ runqueue=0 "
                     "\\[( [0-9]+){" +
                     std::to_string(GetParam()) +
                     "} \\] schedticks=\\[( [0-9]+){" +
                     std::to_string(GetParam()) + "} \\]\n"));
  });
}

TEST(SchedTraceQueueTest, CountsWhatWaits) {
  rt::Run([] {
    GOMAXPROCS(1);
    for (int i = 0; i < 3; ++i) Go([] {});
    EXPECT_THAT(Trace(0, /*detailed=*/false), HasSubstr(" runqueue=0 [ 3 ] "));
    for (int i = 0; i < 300; ++i) Go([] {});
    // Half of the P's 256 has moved to the global queue.
    EXPECT_THAT(Trace(0, /*detailed=*/false),
                ContainsRegex(" runqueue=1[0-9][0-9] \\[ 1[0-9][0-9] \\] "));
    YieldUntil([] { return NumGoroutine() == 1; });
    EXPECT_THAT(Trace(0, /*detailed=*/false), HasSubstr(" runqueue=0 [ 0 ] "));
  });
}

TEST_P(SchedTraceTest, Detail) {
  Main([] {
    auto c = MakeChan<int>();
    Go([c] { c.Recv(); });
    WaitUntilBlocked(1);
    std::string text = Trace(7, /*detailed=*/true);
    EXPECT_THAT(
        text,
        ContainsRegex("^SCHED 7ms: gomaxprocs=[0-9]+ idleprocs=[0-9]+ "
                      "threads=[0-9]+ spinningthreads=[0-9]+ needspinning=0 "
                      "idlethreads=[0-9]+ runqueue=0 gcwaiting=false "
                      "nmidlelocked=0 stopwait=0 sysmonwait=(false|true)\n"
                      "  P0: status="));
    EXPECT_THAT(text,
                ContainsRegex("\n  P[0-9]+: status=1 schedtick=[0-9]+ "
                              "syscalltick=[0-9]+ m=[0-9]+ runqsize=[0-9]+ "
                              "gfreecnt=[0-9]+ timerslen=[0-9]+\n"));
    EXPECT_THAT(text,
                ContainsRegex("\n  M[0-9]+: p=[0-9]+ curg=1 mallocing=0 "
                              "throwing=0 preemptoff= locks=0 dying=0 "
                              "spinning=false blocked=false lockedg=nil\n"));
    EXPECT_THAT(text,
                ContainsRegex("\n  G1: status=2\\(\\) m=[0-9]+ lockedm=nil\n"));
    EXPECT_THAT(text,
                ContainsRegex("\n  G[0-9]+: status=4\\(chan receive\\) m=nil "
                              "lockedm=nil\n"));
    c.Close();
  });
}

TEST_P(SchedTraceTest, LockedAndATimer) {
  Main([] {
    auto c = MakeChan<int>();
    Go([c] {
      LockOSThread();
      c.Recv();
    });
    WaitUntilBlocked(1);
    Timer timer = NewTimer(absl::Hours(1));
    std::string text = Trace(7, /*detailed=*/true);
    EXPECT_THAT(text,
                ContainsRegex("\n  G[0-9]+: status=4\\(chan receive\\) m=nil "
                              "lockedm=[0-9]+\n"));
    EXPECT_THAT(text, ContainsRegex("\n  M[0-9]+: .* lockedg=[0-9]+\n"));
    EXPECT_THAT(text, ContainsRegex("\n  P[0-9]+: .* timerslen=1\n"));
    EXPECT_THAT(AllStacks(), HasSubstr(" [chan receive, locked to thread]:\n"));
    c.Close();
  });
}

// --- What the numbers mean ---------------------------------------------------

// A scheduler that nobody runs, in which there is one of each kind.
class OneOfEach {
 public:
  OneOfEach() {
    P* running = AddP(&scheduler, PStatus::kRunning);
    P* in_syscall = AddP(&scheduler, PStatus::kSyscall);
    P* idle = AddP(&scheduler, PStatus::kIdle);
    P* looking = AddP(&scheduler, PStatus::kRunning);
    running->tick = 123;
    in_syscall->syscall_tick = 45;
    TakeBlocks(idle);

    internal::RawLock lock(scheduler.mu);
    M* ms[6];
    for (M*& m : ms) m = scheduler.NewM();

    ms[0]->Take(running);
    ms[0]->current = gs[0];
    gs[0]->status = GStatus::kRunning;

    ms[1]->current = gs[1];
    gs[1]->status = GStatus::kSyscall;

    ms[2]->current = gs[2];
    gs[2]->thread = ms[2];
    gs[2]->status = GStatus::kPreempted;
    scheduler.global.PushBack(gs[2]);

    ms[3]->idle = true;

    ms[4]->Take(looking);
    EXPECT_TRUE(scheduler.MaySpin(ms[4]));

    ms[5]->idle = true;
    ms[5]->locked = gs[3];
    gs[3]->thread = ms[5];
    gs[3]->thread_locks = 1;
    gs[3]->wait_reason = internal::WaitReason::kSleep;
    gs[3]->status = GStatus::kWaiting;
    scheduler.idle_ms = 2;

    gs[4]->wait_reason = internal::WaitReason::kChanReceive;
    gs[4]->status = GStatus::kWaiting;

    internal::GoroutineList overflow;
    running->queue.PushBack(gs[5], &overflow);
    gs[5]->status = GStatus::kRunnable;

    gs[6]->status = GStatus::kDead;  // And does not show.
  }
  ~OneOfEach() {
    internal::RawLock lock(scheduler.mu);
    for (Goroutine* g : gs) scheduler.ps[0].load()->free.Give(g);
    while (M* m = scheduler.all_ms) {
      scheduler.all_ms = m->all_next;
      delete m;
    }
  }

  Scheduler scheduler;

 private:
  // Goroutines 1 to 7, in the order in which they are printed; `p` has two free
  // ones.
  void TakeBlocks(P* p) {
    std::set<Goroutine*> taken;
    while (taken.size() < gs.size()) taken.insert(p->free.Take());
    Goroutine* rest[] = {p->free.Take(), p->free.Take()};
    p->free.GiveAll();
    for (Goroutine* g : rest) p->free.Give(g);
    size_t count = 0;
    internal::GoroutinePool::Get().ForEach([&](Goroutine* g) {
      if (!taken.contains(g)) return;
      gs[count++] = g;
      g->id = count;
      g->thread_locks = 0;
    });
  }

  std::array<Goroutine*, 7> gs;
};

TEST(SchedTraceValuesTest, Summary) {
  OneOfEach one;
  EXPECT_EQ(Trace(7, /*detailed=*/false, &one.scheduler),
            "SCHED 7ms: gomaxprocs=4 idleprocs=1 threads=8 spinningthreads=1 "
            "needspinning=0 idlethreads=2 runqueue=1 [ 1 0 0 0 ] "
            "schedticks=[ 123 0 0 0 ]\n");
}

TEST(SchedTraceValuesTest, Detail) {
  OneOfEach one;
  EXPECT_EQ(Trace(7, /*detailed=*/true, &one.scheduler),
            R"(SCHED 7ms: gomaxprocs=4 idleprocs=1 threads=8 )"
            R"(spinningthreads=1 needspinning=0 idlethreads=2 runqueue=1 )"
            R"(gcwaiting=false nmidlelocked=1 stopwait=0 sysmonwait=false
  P0: status=1 schedtick=123 syscalltick=0 m=0 runqsize=1 gfreecnt=0 timerslen=0
  P1: status=2 schedtick=0 syscalltick=45 m=nil runqsize=0 gfreecnt=0 timerslen=0
  P2: status=0 schedtick=0 syscalltick=0 m=nil runqsize=0 gfreecnt=2 timerslen=0
  P3: status=1 schedtick=0 syscalltick=0 m=4 runqsize=0 gfreecnt=0 timerslen=0
  M5: p=nil curg=nil mallocing=0 throwing=0 preemptoff= locks=0 dying=0 spinning=false blocked=true lockedg=4
  M4: p=3 curg=nil mallocing=0 throwing=0 preemptoff= locks=0 dying=0 spinning=true blocked=false lockedg=nil
  M3: p=nil curg=nil mallocing=0 throwing=0 preemptoff= locks=0 dying=0 spinning=false blocked=true lockedg=nil
  M2: p=nil curg=3 mallocing=0 throwing=0 preemptoff= locks=0 dying=0 spinning=false blocked=false lockedg=nil
  M1: p=nil curg=2 mallocing=0 throwing=0 preemptoff= locks=0 dying=0 spinning=false blocked=false lockedg=nil
  M0: p=0 curg=1 mallocing=0 throwing=0 preemptoff= locks=0 dying=0 spinning=false blocked=false lockedg=nil
  G1: status=2() m=0 lockedm=nil
  G2: status=3() m=1 lockedm=nil
  G3: status=9() m=2 lockedm=nil
  G4: status=4(sleep) m=nil lockedm=5
  G5: status=4(chan receive) m=nil lockedm=nil
  G6: status=1() m=nil lockedm=nil
)");
}

std::string Me() { return std::to_string(internal::host::CurrentG()->id); }

// The first group of `pattern` in `text`; empty if there is none.
std::string Find(const std::string& text, const std::string& pattern) {
  std::smatch match;
  return std::regex_search(text, match, std::regex(pattern)) ? match[1].str()
                                                             : "";
}

// With one P, whoever else could run does not.
TEST_P(SchedTraceTest, ShowsTheStatusOfEach) {
  std::string text, reader, receiver, yielder, spinner;
  Main([&] {
    int fds[2];
    ASSERT_EQ(pipe(fds), 0);
    auto never = MakeChan<int>();
    std::atomic<bool> stop{false};
    std::atomic<int> begun{0};
    WaitGroup wg;
    wg.Go([&] {
      reader = Me();
      Blocking([&] {
        ++begun;
        char byte;
        EXPECT_EQ(read(fds[0], &byte, 1), 1);
      });
    });
    wg.Go([&] {
      receiver = Me();
      ++begun;
      never.Recv();
    });
    wg.Go([&] {
      yielder = Me();
      for (++begun; !stop;) Gosched();
    });
    wg.Go([&] {
      spinner = Me();
      for (++begun; !stop;) {
        if (internal::kTsan) usleep(0);  // Signals wait for a system call.
      }
    });
    YieldUntil([&] { return begun == 4; });
    WaitUntilBlocked(1);
    text = Trace(7, /*detailed=*/true);
    stop = true;
    never.Close();
    EXPECT_EQ(write(fds[1], "x", 1), 1);
    wg.Wait();
    close(fds[0]);
    close(fds[1]);
  });
  auto m_of = [&](const std::string& g, const std::string& status) {
    return Find(text, "\n  G" + g + ": status=" + status + " m=([0-9]+) ");
  };
  auto g_of = [&](const std::string& m, const std::string& p) {
    return Find(text, "\n  M" + m + ": p=" + p +
                          " curg=([0-9]+) .* spinning=false blocked=false ");
  };
  std::string main_m = m_of("1", "2\\(\\)");
  std::string p = Find(text, "\n  P([0-9]+): status=1 .* m=" + main_m + " ");
  EXPECT_EQ(g_of(main_m, p), "1") << text;
  EXPECT_EQ(g_of(m_of(reader, "3\\(\\)"), "nil"), reader) << text;
  EXPECT_THAT(
      text, HasSubstr("\n  G" + receiver + ": status=4(chan receive) m=nil "));
  if (GetParam() == 1) {
    EXPECT_THAT(text, HasSubstr("\n  G" + yielder + ": status=1() m=nil "));
    EXPECT_EQ(g_of(m_of(spinner, "9\\(\\)"), "nil"), spinner) << text;
  }
}

// Every line of a run that lasts until three have been printed.
TEST(SchedTraceRunTest, PrintsAgainAndAgain) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(
      {
        setenv("GODEBUG", "schedtrace=5", /*overwrite=*/1);
        testing::RunAt("2", [] { Sleep(absl::Milliseconds(100)); });
      },
      ::testing::ExitedWithCode(0),
      "^SCHED 0ms: gomaxprocs=2 .*\n(SCHED [0-9]+ms: gomaxprocs=2 [^\n]*\n)*"
      "SCHED [0-9]+ms: gomaxprocs=2 [^\n]*\n$");
}

// --- SIGQUIT -----------------------------------------------------------------

TEST(QuitTest, DumpsAllGoroutines) {
  testing::ExpectDeath(
      [] {
        Go([] { Sleep(absl::Hours(1)); });
        Go([] {
          WaitUntilBlocked(2);
          raise(SIGQUIT);
        });
        MakeChan<int>().Recv();
      },
      "^SIGQUIT: quit\n\ngoroutine 1 \\[chan receive\\]:\n"
      ".*schedtrace_test.cc:[0-9]+\n(.*\n)?\ngoroutine [0-9]+ "
      "\\[sleep\\]:\n");
}

TEST(QuitTest, EndsAProgramThatComputes) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(testing::RunAt("1",
                             [] {
                               raise(SIGQUIT);
                               for (std::atomic<int> i{0};; ++i) {
                               }
                             }),
              ::testing::ExitedWithCode(2),
              "^SIGQUIT: quit\n\ngoroutine 1 \\[running\\]:\n");
}

TEST(QuitTest, EndsAnIdleProgram) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(
      {
        rt::Run([] {
          Go([] {
            // Once sysmon watches nothing any more.
            Blocking([] {
              while (!internal::ActiveScheduler()->sysmon.resting()) {
                usleep(1000);
              }
              raise(SIGQUIT);
              pause();
            });
          });
          MakeChan<int>().Recv();
        });
      },
      ::testing::ExitedWithCode(2),
      "^SIGQUIT: quit\n\ngoroutine 1 \\[chan receive\\]:\n.*\n\n"
      "goroutine [0-9]+ \\[syscall\\]:\n");
}

TEST(QuitTest, AHandlerOfTheProgramStays) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(
      {
        signal(SIGQUIT, [](int) { _exit(7); });
        rt::Run([] {
          raise(SIGQUIT);
          MakeChan<int>().Recv();
        });
      },
      ::testing::ExitedWithCode(7), "^$");
}

}  // namespace
}  // namespace rt
