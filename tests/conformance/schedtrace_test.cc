// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// GODEBUG=schedtrace, to the letter, and SIGQUIT.

#include "runtime/internal/schedtrace.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/internal/sched.h"
#include "runtime/runtime.h"
#include "tests/support/failure.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using testing::WaitUntilBlocked;

std::string Trace(int64_t ms, bool detailed) {
  std::string text;
  internal::WriteSchedTrace(
      internal::ActiveScheduler(), ms, detailed,
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
    testing::YieldUntil([] { return NumGoroutine() == 1; });
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
