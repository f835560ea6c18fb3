// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Where goroutines are that run on other threads: in the dump of a program that
// dies, in that of one that goes on, and in the goroutine profile.

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/internal/host.h"
#include "runtime/internal/sanitizer.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using testing::YieldUntil;

std::atomic<int> busy_ones{0};
std::atomic<bool> stop{false};

// --- What they do ------------------------------------------------------------

// ThreadSanitizer keeps a signal back until the next call that it intercepts:
// there has to be one in a loop.
inline void LetSignalsIn() {
  if (internal::kTsan) usleep(0);
}

constexpr int kFirstLine = __LINE__;

[[gnu::noinline]] void NothingForEver() {
  ++busy_ones;
  for (;;) {
  }
}

// Clang gives no line to the loops of these two.
template <typename Done>
void Until(Done done) {
  while (!done()) {
  }
}

[[gnu::noinline]] void NothingInlined() {
  ++busy_ones;
  Until([] { return false; });
}

bool plain = false;

[[gnu::noinline]] void NobodySetsIt() {
  ++busy_ones;
  while (!plain) {
  }
}

[[gnu::noinline]] void LookAtAFlag() {
  ++busy_ones;
  while (!stop) LetSignalsIn();
}

// A C library's call in between, from a frame that is not the innermost.
[[gnu::noinline]] void Allocate() {
  std::vector<std::unique_ptr<char[]>> kept(100);
  ++busy_ones;
  for (size_t i = 0; !stop; ++i) {
    kept[i % 100].reset(new char[i * 37 % 5000]);
    LetSignalsIn();
  }
}

[[gnu::noinline]] void Format() {
  ++busy_ones;
  while (!stop) {
    std::ostringstream text;
    text << 4 << " at " << 0.5 << std::endl;
    if (text.str() != "4 at 0.5\n") std::abort();
    LetSignalsIn();
  }
}

[[gnu::noinline]] void FillAMap() {
  ++busy_ones;
  while (!stop) {
    std::map<int, std::string> map;
    for (int i = 0; i < 100; ++i) map[i * 7 % 100] = "value";
    LetSignalsIn();
  }
}

// Holds a lock of the runtime much of the time, and is not preempted then.
[[gnu::noinline]] void SendAndReceive() {
  auto c = MakeChan<int>(1);
  ++busy_ones;
  while (!stop) {
    c.Send(1);
    c.Recv();
    LetSignalsIn();
  }
}

constexpr int kLastLine = __LINE__;

struct Work {
  const char* name;
  void (*body)();
  bool calls = true;
  bool allocates = false;
};

void PrintTo(const Work& work, std::ostream* out) { *out << work.name; }

constexpr Work kNothing = {"NothingForEver", NothingForEver, /*calls=*/false};
constexpr Work kInlined = {"NothingInlined", NothingInlined, /*calls=*/false};
constexpr Work kPlain = {"NobodySetsIt", NobodySetsIt, /*calls=*/false};
constexpr Work kLook = {"LookAtAFlag", LookAtAFlag};
constexpr Work kAllocate = {"Allocate", Allocate, true, /*allocates=*/true};
constexpr Work kFormat = {"Format", Format, true, /*allocates=*/true};
constexpr Work kFill = {"FillAMap", FillAMap, true, /*allocates=*/true};
constexpr Work kSend = {"SendAndReceive", SendAndReceive};

// A dump that shows `count` goroutines in the work `name`, each with its line,
// and nobody without a stack.
MATCHER_P2(ShowsAll, name, count, "") {
  const std::string function = std::string(name) + "()\n\t";
  const std::string file = "running_test.cc:";
  int found = 0;
  for (size_t at = 0; (at = arg.find(function, at)) != std::string::npos;) {
    at += function.size();
    size_t number = arg.find(file, at) + file.size();
    int line = std::atoi(arg.c_str() + number);
    if (number > arg.find('\n', at) || line <= kFirstLine ||
        line >= kLastLine) {
      return false;
    }
    ++found;
  }
  return found == count && arg.find("unavailable") == std::string::npos;
}

// --- How it comes to a dump --------------------------------------------------

struct End {
  const char* name;
  void (*body)();
  const char* headline;
};

constexpr End kQuit = {"Quit",
                       [] {
                         raise(SIGQUIT);
                         MakeChan<int>().Recv();
                       },
                       "SIGQUIT: quit\n"};
constexpr End kFatal = {"Fatal", [] { internal::host::Fatal("enough"); },
                        "fatal error: enough\n"};
constexpr End kPanic = {"Panic", [] { throw Panic("here"); }, "panic: here\n"};

struct Row {
  Work work;
  End end;
};

void PrintTo(const Row& row, std::ostream* out) {
  *out << row.work.name << row.end.name;
}

const Row kRows[] = {
    {kNothing, kQuit}, {kNothing, kFatal}, {kInlined, kQuit},
    {kPlain, kQuit},   {kLook, kQuit},     {kLook, kFatal},
    {kLook, kPanic},   {kAllocate, kQuit}, {kFormat, kQuit},
    {kFill, kFatal},   {kSend, kQuit},
};

// Returns when all of them have begun.
void Start(int count, void (*body)()) {
  for (int i = 0; i < count; ++i) Go(body);
  YieldUntil([&] { return busy_ones == count; });
}

// --- The dump of a program that dies -----------------------------------------

class DyingTest : public ::testing::TestWithParam<std::tuple<Row, int>> {
 protected:
  void Expect(int count) {
    const auto& [row, procs] = GetParam();
    if (internal::kTsan && !row.work.calls) {
      GTEST_SKIP() << "ThreadSanitizer keeps signals back from such a loop";
    }
    ::testing::FLAGS_gtest_death_test_style = "threadsafe";
    EXPECT_EXIT(
        {
          setenv("GOTRACEBACK", "all", /*overwrite=*/1);
          rt::Run([&, &row = row, procs = procs] {
            GOMAXPROCS(procs);
            Start(count, row.work.body);
            row.end.body();
          });
        },
        ::testing::ExitedWithCode(2),
        AllOf(StartsWith(row.end.headline), ShowsAll(row.work.name, count)));
  }
};

std::string NameOfRow(
    const ::testing::TestParamInfo<std::tuple<Row, int>>& at) {
  const auto& [row, procs] = at.param;
  return std::string(row.work.name) + row.end.name + std::to_string(procs);
}

INSTANTIATE_TEST_SUITE_P(Rows, DyingTest,
                         ::testing::Combine(::testing::ValuesIn(kRows),
                                            ::testing::Values(2, 4)),
                         NameOfRow);

TEST_P(DyingTest, ShowsWhereTheyRun) { Expect(std::get<int>(GetParam()) - 1); }

// More of them than P's: the others were preempted, and keep their threads.
TEST_P(DyingTest, ShowsWhereTheyWerePreempted) {
  const Work& work = std::get<Row>(GetParam()).work;
  if (internal::kAsan && work.allocates) {
    GTEST_SKIP() << "AddressSanitizer's allocator has locks for all threads: "
                    "who is stopped with one stops the report";
  }
  Expect(std::get<int>(GetParam()) + 3);
}

TEST(SyscallTest, IsShownWhenTheProgramDies) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(rt::Run([] {
                Go([] {
                  Blocking([] {
                    ++busy_ones;
                    for (;;) pause();
                  });
                });
                YieldUntil([] { return busy_ones == 1; });
                kQuit.body();
              }),
              ::testing::ExitedWithCode(2),
              AllOf(ContainsRegex("\\[syscall\\]:\n([^\n]+\n\t[^\n]+\n)*"
                                  "[^\n]*lambda[^\n]*\n\t[^\n]*"
                                  "running_test.cc:[0-9]+\n"),
                    Not(HasSubstr("unavailable"))));
}

// A thread that does not answer keeps nobody from dying, and costs the others
// nothing.
TEST(NoAnswerTest, IsSaid) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(
      rt::Run([] {
        GOMAXPROCS(3);
        Go([] {
          sigset_t urgent;
          sigemptyset(&urgent);
          sigaddset(&urgent, SIGURG);
          pthread_sigmask(SIG_BLOCK, &urgent, nullptr);
          LookAtAFlag();
        });
        Go(LookAtAFlag);
        YieldUntil([] { return busy_ones == 2; });
        internal::host::Fatal("enough");
      }),
      ::testing::ExitedWithCode(2),
      AllOf(
          ContainsRegex("\\[running\\]:\n\tgoroutine running on other thread; "
                        "stack unavailable\n"),
          ContainsRegex("LookAtAFlag\\(\\)\n\t[^\n]*running_test.cc:")));
}

// --- One that goes on --------------------------------------------------------

class LivingTest : public ::testing::TestWithParam<std::tuple<Work, int>> {
 protected:
  void Expect(int count) {
    const auto& [work, procs] = GetParam();
    busy_ones = 0;
    stop = false;
    EXPECT_EQ(rt::Run([&, &work = work, procs = procs] {
                GOMAXPROCS(procs);
                Start(count, work.body);
                for (int i = 0; i < 5; ++i) {
                  EXPECT_THAT(AllStacks(), ShowsAll(work.name, count));
                  Gosched();
                }
                stop = true;
                YieldUntil([] { return NumGoroutine() == 1; });
              }),
              0);
  }
};

std::string NameOfWork(
    const ::testing::TestParamInfo<std::tuple<Work, int>>& at) {
  const auto& [work, procs] = at.param;
  return std::string(work.name) + std::to_string(procs);
}

INSTANTIATE_TEST_SUITE_P(Rows, LivingTest,
                         ::testing::Combine(::testing::Values(kLook, kAllocate,
                                                              kFormat, kFill,
                                                              kSend),
                                            ::testing::Values(2, 4)),
                         NameOfWork);

TEST_P(LivingTest, ShowsWhereTheyRun) { Expect(std::get<int>(GetParam()) - 1); }

TEST_P(LivingTest, ShowsWhereTheyWerePreempted) {
  Expect(std::get<int>(GetParam()) + 3);
}

}  // namespace
}  // namespace rt
