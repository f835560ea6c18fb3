// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What a program says when the processor or abort() ends one of its goroutines,
// or when its stack is used up: Go's words, the place, exit status 2.

#include <malloc.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ostream>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/internal/sanitizer.h"
#include "runtime/internal/stack.h"
#include "runtime/runtime.h"

namespace rt {
namespace {

constexpr int kNoTsan = -1;

struct Death {
  const char* name;
  // Which must have had no handler before Run; else it is a sanitizer's. 0:
  // any.
  int signal;
  void (*body)();
  const char* stderr_regex;  // POSIX extended; a dot matches a line's end, too.
};

void PrintTo(const Death& death, std::ostream* out) { *out << death.name; }

// What the compiler must not know.
template <typename T>
T Opaque(T value) {
  asm volatile("" : "+r"(value));
  return value;
}

[[gnu::noinline]] int Vec(int n) {
  std::vector<int> v(10, n);
  if (n < 0) return 0;  // Never: or the compiler warns.
  return Vec(n + 1) + v[3];
}

// Its steps are so small that what malloc does with its lock held, which is
// what needs most stack, is the first to find none.
[[gnu::noinline]] void DescendSlowly() {
  constexpr size_t kNotCachedByTheThread = 5000;
  for (;;) {
    volatile char* step = static_cast<char*>(__builtin_alloca(16));
    step[0] = 1;
    free(Opaque(malloc(kNotCachedByTheThread)));
  }
}

[[gnu::noinline]] size_t String(const std::string& text) {
  std::string longer = text.substr(0, 100) + "and so on, and so on, and so on";
  if (longer.empty()) return 0;
  return String(longer) + longer.size();
}

[[gnu::noinline]] int Print(int n) {
  char text[64];
  snprintf(text, sizeof(text), "%d %f\n", n, 1.0 / (n + 1));
  if (n < 0) return 0;
  return Print(n + 1) + text[0];
}

[[gnu::noinline]] int Descend(int n) {
  volatile int frame[100];
  frame[0] = n;
  return n < 0 ? 0 : Descend(n + 1) + frame[0];
}

[[gnu::noinline]] int LargeFrame() {
  volatile char buffer[3 * internal::kStackBytes / 2];
  size_t at = Opaque(size_t{0});  // Or the compiler keeps one element only.
  buffer[at] = 1;
  return buffer[at];
}

[[gnu::noinline]] int LargeGrid() {
  volatile int grid[512][512];
  size_t at = Opaque(size_t{0});
  grid[at][at] = 1;
  return grid[at][at];
}

// Only a little too large: it would end in the stack below.
[[gnu::noinline]] int FrameAsLargeAsAStack() {
  volatile char buffer[internal::kStackBytes];
  size_t at = Opaque(size_t{0});  // Or the compiler keeps one element only.
  buffer[at] = 1;
  return buffer[at];
}

[[gnu::noinline]] int Vla(size_t size) {
  volatile char* buffer = static_cast<char*>(__builtin_alloca(size));
  size_t at = Opaque(size_t{0});  // Or the compiler keeps one element only.
  buffer[at] = 1;
  return buffer[at];
}

#if defined(__x86_64__)
// As code does that was compiled without -fstack-clash-protection: it moves the
// stack pointer far below the guard, and touches what is there.
[[gnu::noinline]] void StepOverTheGuard() {
  constexpr uintptr_t kMiB = 1 << 20;
  uintptr_t here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  void* nobodys = MAP_FAILED;
  for (uintptr_t below = kMiB; nobodys == MAP_FAILED; below += kMiB) {
    nobodys = mmap(reinterpret_cast<void*>((here - below) & ~(kMiB - 1)), 4096,
                   PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
                   -1, 0);
  }
  asm volatile(
      "movq %%rsp, %%rbx\n\t"
      "movq %0, %%rsp\n\t"
      "movq $0, (%%rsp)\n\t"
      "movq %%rbx, %%rsp"
      :
      : "r"(static_cast<char*>(nobodys) + 64)
      : "rbx", "memory");
}
#endif

struct Account {
  long padding[3];
  long balance;
};

// UndefinedBehaviorSanitizer would end the program before the processor does.
#define RT_FAULTY __attribute__((noinline, no_sanitize("undefined")))

RT_FAULTY long Balance(const Account* account) { return account->balance; }

RT_FAULTY int Quotient(int a, int b) { return a / b; }

const Death kDeaths[] = {
    {"OverflowInMalloc", kNoTsan, [] { std::exit(Vec(0)); },
     "^runtime: goroutine stack exceeds [0-9]+-byte limit\n"
     "fatal error: stack overflow\n\ngoroutine 1 \\[running\\]:\n"
     ".*Vec\\(int\\)\n\t.*fault_test.cc:[0-9]+\n"},
    {"OverflowWithMallocsLockHeld", kNoTsan, [] { DescendSlowly(); },
     "^runtime: goroutine stack exceeds [0-9]+-byte limit\n"
     "fatal error: stack overflow\n\ngoroutine 1 \\[running\\]:\n"
     ".*DescendSlowly\\(\\)\n\t.*fault_test.cc:[0-9]+\n"},
    {"OverflowInAString", kNoTsan,
     [] { std::exit(static_cast<int>(String("so"))); },
     "^runtime: goroutine stack exceeds [0-9]+-byte limit\n"
     "fatal error: stack overflow\n\ngoroutine 1 \\[running\\]:\n"
     ".*String\\(.*\n\t.*fault_test.cc:[0-9]+\n"},
    {"OverflowInPrintf", 0, [] { std::exit(Print(0)); },
     "^runtime: goroutine stack exceeds [0-9]+-byte limit\n"
     "fatal error: stack overflow\n\ngoroutine 1 \\[running\\]:\n"
     ".*Print\\(int\\)\n\t.*fault_test.cc:[0-9]+\n"},
    {"OverflowShowsWhereItBegan", 0,
     [] {
       Go([] { std::exit(Descend(0)); });
       MakeChan<int>().Recv();
     },
     "stack overflow\n\ngoroutine [0-9]+ \\[running\\]:\n"
     "(.*Descend\\(int\\)\n\t[^\n]*fault_test.cc:[0-9]+\n){2}"
     "\\.\\.\\.[0-9]+ frames elided\\.\\.\\.\n"
     "(.*Descend\\(int\\)\n\t[^\n]*fault_test.cc:[0-9]+\n){2}"
     "[^\n]*\n\t[^\n]*fault_test.cc:[0-9]+\n"
     "created by .* in goroutine 1\n\t.*fault_test.cc:[0-9]+\n\n"
     "goroutine 1 \\[chan receive\\]:\n"},
    {"LargeFrame", 0, [] { std::exit(LargeFrame()); },
     "^runtime: goroutine stack exceeds [0-9]+-byte limit\n"
     "fatal error: stack overflow\n\ngoroutine 1 \\[running\\]:\n"
     ".*LargeFrame\\(\\)\n\t.*fault_test.cc:[0-9]+\n"},
    {"LargeGrid", 0, [] { std::exit(LargeGrid()); },
     "stack overflow\n\ngoroutine 1 \\[running\\]:\n"
     ".*LargeGrid\\(\\)\n\t.*fault_test.cc:[0-9]+\n"},
    {"FrameAsLargeAsAStack", 0,
     [] {
       // A neighbour, whose stack is below or above.
       Go([] { MakeChan<int>().Recv(); });
       Gosched();
       std::exit(FrameAsLargeAsAStack());
     },
     "stack overflow\n\ngoroutine 1 \\[running\\]:\n"
     ".*FrameAsLargeAsAStack\\(\\)\n\t.*fault_test.cc:[0-9]+\n"},
    {"LargeAlloca", 0, [] { std::exit(Vla(Opaque(size_t{1} << 20))); },
     "stack overflow\n\ngoroutine 1 \\[running\\]:\n"
     ".*Vla\\(.*fault_test.cc:[0-9]+\n"},
    {"NullDereference", SIGSEGV,
     [] { std::exit(static_cast<int>(Balance(Opaque<Account*>(nullptr)))); },
     "^panic: runtime error: invalid memory address or nil pointer "
     "dereference\n"
     "\\[signal SIGSEGV: segmentation violation code=0x1 addr=0x18 "
     "pc=0x[0-9a-f]+\\]\n\n"
     "goroutine 1 \\[running\\]:\n"
     ".*Balance\\(.*\n\t.*fault_test.cc:[0-9]+\n.*lambda"},
    {"NullDereferenceInAGoroutine", SIGSEGV,
     [] {
       Go([] {
         std::exit(static_cast<int>(Balance(Opaque<Account*>(nullptr))));
       });
       MakeChan<int>().Recv();
     },
     "^panic: runtime error: invalid memory.*\n\n"
     "goroutine [0-9]+ \\[running\\]:\n"
     ".*Balance\\(.*\n\t.*fault_test.cc:[0-9]+\n"
     "created by .* in goroutine 1\n\t.*fault_test.cc:[0-9]+\n$"},
    {"CallOfANullFunction", SIGSEGV,
     [] {
       Opaque<void (*)()>(nullptr)();
       asm volatile("");  // No tail call.
     },
     "^panic: runtime error: invalid memory.* addr=0x0 pc=0x0\\]\n\n"
     "goroutine 1 \\[running\\]:\n.*fault_test.cc:[0-9]+\n"},
    {"WildPointer", SIGSEGV,
     [] {
       void* nobodys =
           mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
       std::exit(
           static_cast<int>(Balance(static_cast<const Account*>(nobodys))));
     },
     "^unexpected fault address 0x[0-9a-f]+\nfatal error: fault\n"
     "\\[signal SIGSEGV: segmentation violation code=0x2 addr=0x[0-9a-f]+ "
     "pc=0x[0-9a-f]+\\]\n\n"
     "goroutine 1 \\[running\\]:\n.*Balance\\(.*fault_test.cc:[0-9]+\n"},
#if defined(__x86_64__)
    {"OverTheGuard", 0, [] { StepOverTheGuard(); },
     "stack overflow\n\ngoroutine 1 \\[running\\]:\n.*fault_test.cc:[0-9]+\n"},
    {"NoPointerAtAll", SIGSEGV,
     [] {
       auto* garbage = reinterpret_cast<const Account*>(0x6161616161616160);
       std::exit(static_cast<int>(Balance(Opaque(garbage))));
     },
     "^unexpected fault: an address that no pointer can have\n"
     "fatal error: fault\n\\[signal SIGSEGV: .*\n\n"
     "goroutine 1 \\[running\\]:\n.*Balance\\(.*fault_test.cc:[0-9]+\n"},
    {"DivisionByZero", SIGFPE, [] { std::exit(Quotient(1, Opaque(0))); },
     "^panic: runtime error: integer divide by zero\n"
     "\\[signal SIGFPE: floating-point exception code=0x1 addr=0x[0-9a-f]+ "
     "pc=0x[0-9a-f]+\\]\n\n"
     "goroutine 1 \\[running\\]:\n.*Quotient\\(.*fault_test.cc:[0-9]+\n"},
    {"SmallestIntDividedByMinusOne", SIGFPE,
     [] { std::exit(Quotient(Opaque(INT_MIN), Opaque(-1))); },
     "^panic: runtime error: integer overflow\n\\[signal SIGFPE: "},
#endif
    {"PastTheEndOfAFile", SIGBUS,
     [] {
       char name[] = "/tmp/fault_test_XXXXXX";
       int fd = mkstemp(name);
       unlink(name);
       void* empty = mmap(nullptr, 4096, PROT_READ, MAP_SHARED, fd, 0);
       std::exit(static_cast<int>(Balance(static_cast<const Account*>(empty))));
     },
     "^unexpected fault address 0x[0-9a-f]+\nfatal error: fault\n"
     "\\[signal SIGBUS: bus error code=0x2 .*\n\n"
     "goroutine 1 \\[running\\]:\n.*Balance\\(.*fault_test.cc:[0-9]+\n"},
    {"IllegalInstruction", SIGILL, [] { __builtin_trap(); },
     "^SIGILL: illegal instruction\nPC=0x[0-9a-f]+ m=[0-9]+ sigcode=[0-9]+\n\n"
     "goroutine 1 \\[running\\]:\n.*fault_test.cc:[0-9]+\n"},
    {"Abort", SIGABRT, [] { std::abort(); },
     "^SIGABRT: abort\nPC=0x[0-9a-f]+ m=[0-9]+ sigcode=[0-9]+\n\n"
     "goroutine 1 \\[running\\]:\n.*lambda.*fault_test.cc:[0-9]+\n"},
    {"Assertion", SIGABRT,
     [] { __assert_fail("balance >= 0", "bank.cc", 7, "int main()"); },
     "bank.cc:7: int main\\(\\): Assertion `balance >= 0' failed.\n"
     "SIGABRT: abort\nPC=.*\n\n"
     "goroutine 1 \\[running\\]:\n.*lambda.*fault_test.cc:[0-9]+\n"},
    {"ThreadNotJoined", SIGABRT, [] { std::thread never_joined([] {}); },
     "^terminate called without an active exception\nSIGABRT: abort\nPC=.*\n\n"
     "goroutine 1 \\[running\\]:\n.*fault_test.cc:[0-9]+\n"},
    {"BrokenHeap", SIGABRT,
     [] {
       if (internal::kAsan || internal::kTsan) std::abort();
       void* block = malloc(5000);
       free(Opaque(block));
       free(Opaque(block));
       asm volatile("");
     },
     "SIGABRT: abort\nPC=.*\n\ngoroutine 1 \\[running\\]:\n"
     ".*lambda.*fault_test.cc:[0-9]+\n"},
};

void RunAt(const char* procs, void (*body)()) {
  setenv("GOMAXPROCS", procs, /*overwrite=*/1);
  std::exit(rt::Run(body));
}

bool HasHandler(int signal) {
  struct sigaction action = {};
  sigaction(signal, nullptr, &action);
  return (action.sa_flags & SA_SIGINFO) || action.sa_handler != SIG_DFL;
}

class FaultTest : public ::testing::TestWithParam<Death> {
 protected:
  void SetUp() override {
    ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  }
};

INSTANTIATE_TEST_SUITE_P(Rows, FaultTest, ::testing::ValuesIn(kDeaths),
                         [](const auto& row) { return row.param.name; });

TEST_P(FaultTest, DiesWithItsMessage) {
  if (GetParam().signal == kNoTsan) {
    if (internal::kTsan) GTEST_SKIP() << "no arenas";
  } else if (GetParam().signal != 0 && HasHandler(GetParam().signal)) {
    GTEST_SKIP() << "a sanitizer reports it";
  }
  for (const char* procs : {"1", "2", "4", "16"}) {
    EXPECT_EXIT(RunAt(procs, GetParam().body), ::testing::ExitedWithCode(2),
                GetParam().stderr_regex)
        << "GOMAXPROCS=" << procs;
  }
}

// With one arena for all threads, there is no memory for a report while the
// goroutine is in the middle of malloc.
TEST(FaultReportTest, NamesTheGoroutineWithoutMemory) {
  if (internal::kAsan || internal::kTsan) GTEST_SKIP() << "no arenas";
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  for (const char* procs : {"1", "4"}) {
    EXPECT_EXIT(
        {
          mallopt(M_ARENA_MAX, 1);
          RunAt(procs, [] { DescendSlowly(); });
        },
        ::testing::ExitedWithCode(2),
        "^runtime: goroutine stack exceeds [0-9]+-byte limit\n"
        "fatal error: stack overflow\n\ngoroutine 1 \\[running\\]:\n"
        "\tno names: .*\n\taddr2line -Cpife .*/.* 0x[0-9a-f]+ 0x[0-9a-f]+");
  }
}

TEST(FaultReportTest, TracebackCrashLeavesACore) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  auto run = [](void (*body)()) {
    rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    setenv("GOTRACEBACK", "crash", /*overwrite=*/1);
    RunAt("2", body);
  };
  EXPECT_EXIT(run([] { std::exit(Descend(0)); }),
              ::testing::KilledBySignal(SIGABRT), "stack overflow\n\n");
  if (HasHandler(SIGABRT) || HasHandler(SIGSEGV)) return;
  EXPECT_EXIT(run([] { std::abort(); }), ::testing::KilledBySignal(SIGABRT),
              "^SIGABRT: abort\nPC=");
  EXPECT_EXIT(run([] {
                std::exit(static_cast<int>(Balance(Opaque<Account*>(nullptr))));
              }),
              ::testing::KilledBySignal(SIGABRT), "^panic: runtime error: ");
}

TEST(FaultReportTest, AHandlerOfTheProgramKeepsItsSignal) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  for (int signal : {SIGSEGV, SIGFPE, SIGILL, SIGABRT}) {
    auto run = [signal] {
      std::signal(signal, [](int) { _exit(7); });
      RunAt(
          "2", signal == SIGABRT  ? [] { std::abort(); }
               : signal == SIGILL ? [] { __builtin_trap(); }
               : signal == SIGFPE ? [] { raise(SIGFPE); }
                                  : +[] {
                                      std::exit(static_cast<int>(
                                          Balance(Opaque<Account*>(nullptr))));
                                    });
    };
    EXPECT_EXIT(run(), ::testing::ExitedWithCode(7), "^$")
        << "signal " << signal;
  }
}

TEST(FaultReportTest, PlainThreadsDieAsEver) {
  if (HasHandler(SIGSEGV)) GTEST_SKIP() << "a sanitizer reports it";
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  auto in_thread = [](void (*body)()) {
    rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    static void (*the_body)();
    the_body = body;
    RunAt("2", [] { Blocking([] { std::thread(the_body).join(); }); });
  };
  EXPECT_EXIT(in_thread([] {
                std::exit(static_cast<int>(Balance(Opaque<Account*>(nullptr))));
              }),
              ::testing::KilledBySignal(SIGSEGV), "^$");
  EXPECT_EXIT(in_thread([] { std::abort(); }),
              ::testing::KilledBySignal(SIGABRT), "^$");
}

// Two at once: one report, whole.
TEST(FaultReportTest, OfTheFirstOnly) {
  if (internal::kTsan) GTEST_SKIP() << "no arenas";
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  for (const char* procs : {"2", "4", "16"}) {
    EXPECT_EXIT(RunAt(procs,
                      [] {
                        for (int i = 0; i < 8; ++i) {
                          Go([] { std::exit(Vec(0)); });
                        }
                        MakeChan<int>().Recv();
                      }),
                ::testing::ExitedWithCode(2),
                "^runtime: goroutine stack exceeds [0-9]+-byte limit\n"
                "fatal error: stack overflow\n\ngoroutine [0-9]+ "
                "\\[running\\]:\n.*Vec\\(int\\)\n");
  }
}

}  // namespace
}  // namespace rt
