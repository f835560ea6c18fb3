// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What a program says when something that it needs is used up: memory for
// stacks, the heap, threads, file descriptors. It ends with a message or goes
// on; it does not hang.

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <new>
#include <ostream>
#include <vector>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "runtime/internal/sanitizer.h"
#include "runtime/net.h"
#include "runtime/runtime.h"

namespace rt {
namespace {

void Limit(int resource, rlim_t value) {
  rlimit limit{value, value};
  if (setrlimit(static_cast<__rlimit_resource>(resource), &limit) != 0) {
    std::abort();
  }
}

// Nobody limits root's threads, so all of these are short of address space.
void LimitMemory(rlim_t mebibytes) { Limit(RLIMIT_AS, mebibytes << 20); }

// Leaves no descriptor to be opened.
void UseUpFiles() {
  Limit(RLIMIT_NOFILE, 64);
  while (open("/dev/null", O_RDONLY) >= 0) {
  }
  if (errno != EMFILE) std::abort();
}

// All of it but crumbs: not even a page can be had.
void UseUpHeap(std::vector<std::unique_ptr<char[]>>* kept) {
  kept->reserve(size_t{1} << 20);
  for (size_t size = size_t{1} << 24; size >= 4096; size /= 2) {
    while (char* piece = new (std::nothrow) char[size]) {
      kept->emplace_back(piece);
    }
  }
}

// Not where the compiler sees that nobody uses it.
[[gnu::noinline]] std::unique_ptr<char[]> HugeBlock() {
  return std::unique_ptr<char[]>(new char[size_t{1} << 40]);
}

struct Row {
  const char* name;
  void (*body)();
  int status;
  const char* stderr_regex;
  bool needs_memory_limit = true;  // Which no sanitizer can live with.
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

// Threads and the stacks of goroutines take from the same address space, so
// either may be the one for which there is none left; and before or after that
// it may say that it cannot preempt any more.
constexpr char kOutOfAddressSpace[] =
    "runtime: failed to create new OS thread \\(have [0-9]+ already; "
    "errno=11\\)\n"
    "runtime: may need to increase max user processes \\(ulimit -u\\)\n"
    "fatal error: newosproc\n|"
    "fatal error: out of memory for goroutine stacks: mmap: Cannot allocate "
    "memory\n";

const Row kRows[] = {
    {"Stacks",
     [] {
       LimitMemory(1024);
       auto never = MakeChan<int>();
       for (;;) {
         Go([=] { never.Recv(); });
         if (NumGoroutine() % 64 == 0) Gosched();
       }
     },
     2, kOutOfAddressSpace},
    {"ThreadsForBlockingCalls",
     [] {
       LimitMemory(512);
       WaitGroup wg;
       for (int i = 0; i < 1000; ++i) {
         wg.Go([] { Blocking([] { return pause(); }); });
       }
       wg.Wait();
     },
     2, kOutOfAddressSpace},
    {"ThreadsForComputing",
     [] {
       LimitMemory(512);
       GOMAXPROCS(1000);
       WaitGroup wg;
       for (int i = 0; i < 1000; ++i) {
         wg.Go([] {
           for (;;) {
           }
         });
       }
       wg.Wait();
     },
     2, kOutOfAddressSpace},
    {"AHugeBlock",
     [] {
       LimitMemory(1024);
       Go([] { HugeBlock(); });
       MakeChan<int>().Recv();
     },
     2,
     "^panic: std::bad_alloc: std::bad_alloc\n\n"
     "goroutine [0-9]+ \\[running\\]:\n.*exhaustion_test.cc:[0-9]+\n"},
    {"AHugeBlockThatIsCaught",
     [] {
       LimitMemory(1024);
       WaitGroup wg;
       wg.Go([] {
         try {
           HugeBlock();
         } catch (const std::bad_alloc&) {
           std::cerr << "caught\n";
         }
       });
       wg.Wait();
     },
     0, "^caught\n$"},
    // The scheduler may be the one that asks for more first.
    {"TheHeap",
     [] {
       LimitMemory(512);
       std::vector<std::unique_ptr<char[]>> kept;
       UseUpHeap(&kept);
       kept.emplace_back(new char[size_t{1} << 24]);
     },
     2,
     "^panic: std::bad_alloc: std::bad_alloc\n\n"
     "goroutine 1 \\[running\\]:\n|"
     "^fatal error: out of memory\n\n"},
    {"TheHeapThenADeadlock",
     [] {
       LimitMemory(512);
       std::vector<std::unique_ptr<char[]>> kept;
       UseUpHeap(&kept);
       MakeChan<int>().Recv();
     },
     2,
     "^fatal error: all goroutines are asleep - deadlock!\n\n"
     "goroutine 1 \\[chan receive\\]:\n|"
     "^fatal error: out of memory\n\n"},
    {"FilesForTheNetwork",
     [] {
       UseUpFiles();
       absl::StatusOr<net::PipeEnds> pipe = net::Pipe();
       std::cerr << pipe.status().message() << "\n";
       absl::StatusOr<net::Listener> listener = net::Listen("unix", "@");
       std::cerr << listener.status().message() << "\n";
     },
     0,
     "^pipe: pipe2: too many open files\nlisten unix @: socket: too many open "
     "files\n$",
     /*needs_memory_limit=*/false},
    {"FilesThenAPanic",
     [] {
       UseUpFiles();
       throw Panic("no files");
     },
     2, "^panic: no files\n\ngoroutine 1 \\[running\\]:\n",
     /*needs_memory_limit=*/false},
};

class ExhaustionTest : public ::testing::TestWithParam<Row> {};

INSTANTIATE_TEST_SUITE_P(Rows, ExhaustionTest, ::testing::ValuesIn(kRows),
                         [](const auto& row) { return row.param.name; });

TEST_P(ExhaustionTest, EndsWithAMessageOrGoesOn) {
  const Row& row = GetParam();
  if (row.needs_memory_limit && (internal::kTsan || internal::kAsan)) {
    GTEST_SKIP() << "a sanitizer needs more address space than the limit";
  }
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(std::exit(rt::Run(row.body)),
              ::testing::ExitedWithCode(row.status), row.stderr_regex);
}

}  // namespace
}  // namespace rt
