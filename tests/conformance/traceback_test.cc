// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What rt::Stack, rt::AllStacks and the dump of a dying program show.

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/internal/goroutine.h"
#include "runtime/internal/host.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using testing::WaitUntilBlocked;
using testing::YieldUntil;

using StackTest = testing::RuntimeTest;
RT_INSTANTIATE(StackTest);

TEST_P(StackTest, OfTheCallerOnly) {
  Main([] {
    auto never = MakeChan<int>();
    Go([=] { never.Recv(); });
    WaitUntilBlocked(1);
    std::string other;
    WaitGroup wg;
    wg.Go([&] { other = Stack(); });
    wg.Wait();
    EXPECT_THAT(Stack(), MatchesRegex("goroutine 1 \\[running\\]:\n"
                                      ".*traceback_test.cc:[0-9]+\n.*"));
    EXPECT_THAT(Stack(), Not(HasSubstr("chan receive")));
    EXPECT_THAT(other, MatchesRegex("goroutine [0-9]+ \\[running\\]:\n"
                                    ".*lambda.*\n\t.*traceback_test.cc:[0-9]+\n"
                                    "created by .* in goroutine 1\n"
                                    "\t.*traceback_test.cc:[0-9]+\n"));
    never.Close();
  });
}

TEST_P(StackTest, OfAllWithTheirReasons) {
  Main([] {
    auto c = MakeChan<int>();
    WaitGroup wg;
    WaitGroup joined;
    Mutex mu;
    mu.Lock();
    wg.Add(1);
    joined.Go([=] { c.Recv(); });
    joined.Go([&] { wg.Wait(); });
    joined.Go([&] {
      mu.Lock();
      mu.Unlock();
    });
    WaitUntilBlocked(3);
    std::string all = AllStacks();
    EXPECT_THAT(all, ContainsRegex("^goroutine 1 \\[running\\]:\n"));
    EXPECT_THAT(all, ContainsRegex("\n\ngoroutine [0-9]+ \\[chan receive\\]:\n"
                                   ".*lambda.*\n\t.*traceback_test.cc:[0-9]+\n"
                                   "created by .* in goroutine 1\n"));
    EXPECT_THAT(all, ContainsRegex("\n\ngoroutine [0-9]+ "
                                   "\\[sync.WaitGroup.Wait\\]:\n"));
    EXPECT_THAT(all,
                ContainsRegex("\n\ngoroutine [0-9]+ \\[sync.Mutex.Lock\\]:\n"));
    c.Close();
    wg.Done();
    mu.Unlock();
    joined.Wait();
  });
}

TEST_P(StackTest, MinutesOfWaiting) {
  Main([] {
    auto c = MakeChan<int>();
    std::atomic<internal::Goroutine*> waits{nullptr};
    Go([&, c] {
      waits = static_cast<internal::Goroutine*>(internal::host::CurrentG());
      c.Recv();
    });
    WaitUntilBlocked(1);
    constexpr int64_t kSecondNs = 1'000'000'000;
    EXPECT_THAT(AllStacks(), HasSubstr(" [chan receive]:\n"));
    waits.load()->wait_since_ns -= 61 * kSecondNs;
    EXPECT_THAT(AllStacks(), HasSubstr(" [chan receive, 1 minutes]:\n"));
    waits.load()->wait_since_ns -= 120 * kSecondNs;
    EXPECT_THAT(AllStacks(), HasSubstr(" [chan receive, 3 minutes]:\n"));
    c.Close();
  });
}

TEST_P(StackTest, OfOneInASystemCall) {
  Main([] {
    int fds[2];
    ASSERT_EQ(pipe(fds), 0);
    std::atomic<bool> done{false};
    Go([&] {
      char byte;
      EXPECT_EQ(Blocking([&] { return read(fds[0], &byte, 1); }), 1);
      done = true;
    });
    std::string all;
    YieldUntil([&] {
      all = AllStacks();
      return all.find("[syscall]") != std::string::npos;
    });
    EXPECT_THAT(all, ContainsRegex("\n\ngoroutine [0-9]+ \\[syscall\\]:\n"));
    EXPECT_EQ(write(fds[1], "x", 1), 1);
    YieldUntil([&] { return done.load(); });
    close(fds[0]);
    close(fds[1]);
  });
}

// Everybody dumps while everybody comes and goes: each dump is whole, and
// whoever was asked for its stack goes on as if nothing had happened.
TEST_P(StackTest, WhileOthersRun) {
  Main([] {
    constexpr int kWorkers = 8;
    constexpr int kRounds = 10;
    WaitGroup wg;
    std::atomic<bool> stop{false};
    auto c = MakeChan<int>();
    for (int i = 0; i < kWorkers; ++i) {
      wg.Go([&, c] {
        while (!stop) {
          WaitGroup inner;
          inner.Go([] { Gosched(); });
          inner.Wait();
          c.Send(1);
        }
      });
      wg.Go([&, c] {
        while (c.Recv()) Gosched();
      });
    }
    WaitGroup dumps;
    for (int d = 0; d < 3; ++d) {
      dumps.Go([] {
        for (int i = 0; i < kRounds; ++i) {
          EXPECT_THAT(AllStacks(), ContainsRegex("\n\ngoroutine 1 \\["));
          Gosched();
        }
      });
    }
    dumps.Wait();
    stop = true;
    YieldUntil([] { return NumGoroutine() <= 1 + kWorkers; });
    c.Close();
    wg.Wait();
  });
}

TEST(StackOutsideTest, IsEmpty) {
  EXPECT_EQ(Stack(), "");
  EXPECT_EQ(AllStacks(), "");
}

// --- Dying -------------------------------------------------------------------

struct Level {
  const char* name;
  const char* gotraceback;
  void (*body)();
  int status;
  const char* stderr_regex;
};

void PrintTo(const Level& level, std::ostream* out) { *out << level.name; }

void PanicWithOneWaiting() {
  auto never = MakeChan<int>();
  Go([=] { never.Recv(); });
  WaitUntilBlocked(1);
  throw Panic("here");
}

void Deadlock() { MakeChan<int>().Recv(); }

const Level kLevels[] = {
    {"PanicNone", "none", PanicWithOneWaiting, 2, "^panic: here\n$"},
    {"PanicSingle", "single", PanicWithOneWaiting, 2,
     "^panic: here\n\ngoroutine 1 \\[running\\]:\n[^\n]*PanicWithOneWaiting.*"
     "traceback_test.cc:[0-9]+\n$"},
    {"PanicAll", "all", PanicWithOneWaiting, 2,
     "^panic: here\n\ngoroutine 1 \\[running\\]:\n.*\n\n"
     "goroutine [0-9]+ \\[chan receive\\]:\n"},
    {"PanicSystem", "system", PanicWithOneWaiting, 2,
     "^panic: here\n\ngoroutine 1 \\[running\\]:\n.*GoroutineMain.*\n\n"
     "goroutine [0-9]+ \\[chan receive\\]:\n.*GoroutineMain"},
    {"DeadlockNone", "none", Deadlock, 2,
     "^fatal error: all goroutines are asleep - deadlock!\n$"},
    {"DeadlockSingle", "single", Deadlock, 2,
     "deadlock!\n\ngoroutine 1 \\[chan receive\\]:\n"},
};

class TracebackLevelTest : public ::testing::TestWithParam<Level> {};

INSTANTIATE_TEST_SUITE_P(Rows, TracebackLevelTest, ::testing::ValuesIn(kLevels),
                         [](const auto& row) { return row.param.name; });

TEST_P(TracebackLevelTest, SaysThatMuch) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(
      {
        setenv("GOTRACEBACK", GetParam().gotraceback, /*overwrite=*/1);
        std::exit(rt::Run(GetParam().body));
      },
      ::testing::ExitedWithCode(GetParam().status), GetParam().stderr_regex);
}

TEST(TracebackCrashTest, EndsInSIGABRT) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(
      {
        setenv("GOTRACEBACK", "crash", /*overwrite=*/1);
        std::exit(rt::Run(Deadlock));
      },
      ::testing::KilledBySignal(SIGABRT),
      "deadlock!\n\ngoroutine 1 \\[chan receive\\]:\n");
}

}  // namespace
}  // namespace rt
