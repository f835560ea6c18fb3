// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A million goroutines are parked, and one of them uses up its stack.

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/internal/sanitizer.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using ::testing::HasSubstr;

constexpr int kGoroutines = 1'000'000;
constexpr int64_t kNeededKib = int64_t{6} << 20;

// What the machine, or the group of processes that this one is in, can spare.
int64_t AvailableKib() {
  int64_t available = 0;
  std::ifstream info("/proc/meminfo");
  for (std::string word; info >> word;) {
    if (word == "MemAvailable:") info >> available;
  }
  int64_t limit = std::numeric_limits<int64_t>::max();
  std::ifstream("/sys/fs/cgroup/memory.max") >> limit;  // Or "max", or none.
  return limit > 0 ? std::min(available, limit >> 10) : available;
}

// Why this machine cannot do it; empty if it can.
std::string Obstacle() {
  if (internal::kTsan || internal::kAsan) {
    return "a sanitizer needs many times the memory";
  }
  if (int64_t kib = AvailableKib(); kib < kNeededKib) {
    return "6 GiB of memory are needed, not " + std::to_string(kib) + " KiB";
  }
  rlimit limit;
  getrlimit(RLIMIT_AS, &limit);
  if (limit.rlim_cur != RLIM_INFINITY) return "address space is limited";
  int overcommit = 0;
  std::ifstream("/proc/sys/vm/overcommit_memory") >> overcommit;
  if (overcommit == 2) return "vm.overcommit_memory=2 lets nobody reserve";
  constexpr size_t kPage = 4096;
  constexpr int kMadvGuardInstall = 102;
  void* page = mmap(nullptr, kPage, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  int error = madvise(page, kPage, kMadvGuardInstall);
  munmap(page, kPage);
  return error == 0 ? "" : "this kernel has no MADV_GUARD_INSTALL";
}

[[gnu::noinline]] int Recurse(int depth) {
  volatile char frame[500] = {};
  frame[0] = static_cast<char>(depth);
  return depth < 0 ? 0 : Recurse(depth + 1) + frame[0];
}

// Prints the first line of the dump of whom it lets overflow.
void OverflowOneOfMany() {
  auto never = MakeChan<int>();
  auto now = MakeChan<int>();
  std::atomic<int> begun{0};
  for (int i = 0; i < kGoroutines; ++i) {
    Go([&, overflows = i == kGoroutines / 2] {
      ++begun;
      if (!overflows) never.Recv();
      now.Recv();
      std::string me = Stack();
      me.resize(me.find('\n') + 1);
      EXPECT_EQ(write(STDERR_FILENO, me.data(), me.size()),
                static_cast<ssize_t>(me.size()));
      Recurse(0);
    });
    if (i % 1000 == 0) Gosched();
  }
  testing::YieldUntil([&] { return begun == kGoroutines; });
  testing::WaitUntilBlocked(kGoroutines);
  now.Send(1);
  never.Recv();
}

TEST(MillionTest, AnOverflowNamesItsGoroutine) {
  std::string obstacle = Obstacle();
  if (!obstacle.empty()) GTEST_SKIP() << obstacle;
  std::array<int, 2> ends;
  ASSERT_EQ(pipe(ends.data()), 0);
  pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDERR_FILENO);
    _exit(rt::Run(OverflowOneOfMany));
  }
  close(ends[1]);
  // More than 100 MB.
  FILE* dump = fdopen(ends[0], "r");
  std::string text;
  int lines = 0;
  int listed = 0;
  std::array<char, 4096> line;
  while (std::fgets(line.data(), line.size(), dump) != nullptr) {
    if (++lines <= 6) text += line.data();
    if (std::string_view(line.data()).starts_with("goroutine ")) ++listed;
  }
  std::fclose(dump);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status)) << text;
  EXPECT_EQ(WEXITSTATUS(status), 2);
  std::string itself = text.substr(0, text.find('\n') + 1);
  EXPECT_THAT(
      text, HasSubstr("-byte limit\nfatal error: stack overflow\n\n" + itself +
                      "rt::(anonymous namespace)::Recurse(int)\n"));
  EXPECT_EQ(listed, kGoroutines + 2);  // Main, too, and the one twice.
}

}  // namespace
}  // namespace rt
