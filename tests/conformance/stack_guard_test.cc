// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The guard below a stack, in both forms: the kernel's own, which it has since
// 6.13, and mprotect, where it says that it has none.

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <ostream>
#include <string>

#include "gtest/gtest.h"
#include "runtime/internal/sanitizer.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

constexpr int kMadvGuardInstall = 102;  // Not in the headers of older systems.

bool KernelHasGuards() {
  constexpr size_t kPage = 4096;
  void* page = mmap(nullptr, kPage, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  bool has = madvise(page, kPage, kMadvGuardInstall) == 0;
  munmap(page, kPage);
  return has;
}

// From here on an older kernel, for this thread and those that it starts.
void HaveNoGuards() {
  constexpr auto kLoad = BPF_LD | BPF_W | BPF_ABS;
  constexpr auto kIf = BPF_JMP | BPF_JEQ | BPF_K;
  constexpr auto kReturn = BPF_RET | BPF_K;
  sock_filter code[] = {
      BPF_STMT(kLoad, offsetof(seccomp_data, nr)),
      BPF_JUMP(kIf, SYS_madvise, 0, 3),
      BPF_STMT(kLoad, offsetof(seccomp_data, args[2])),
      BPF_JUMP(kIf, kMadvGuardInstall, 0, 1),
      BPF_STMT(kReturn, SECCOMP_RET_ERRNO | EINVAL),
      BPF_STMT(kReturn, SECCOMP_RET_ALLOW),
  };
  sock_fprog program = {.len = std::size(code), .filter = code};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0 ||
      KernelHasGuards()) {
    std::abort();
  }
}

// Of memory, that the kernel keeps for this process.
int CountMaps() {
  std::ifstream maps("/proc/self/maps");
  int count = 0;
  for (std::string line; std::getline(maps, line);) ++count;
  return count;
}

int MaxMaps() {
  int count = 0;
  std::ifstream("/proc/sys/vm/max_map_count") >> count;
  return count;
}

// As many goroutines that have run, and wait for ever.
void Park(int count) {
  auto never = MakeChan<int>();
  for (int i = 0; i < count; ++i) {
    Go([=] { never.Recv(); });
    if (i % 500 == 0) Gosched();
  }
  testing::WaitUntilBlocked(count);
}

[[gnu::noinline]] int Recurse(int depth) {
  volatile char frame[500] = {};
  frame[0] = static_cast<char>(depth);
  return depth < 0 ? 0 : Recurse(depth + 1) + frame[0];
}

enum class Guard { kKernel, kMprotect };

void PrintTo(Guard guard, std::ostream* out) {
  *out << (guard == Guard::kKernel ? "Kernel" : "Mprotect");
}

constexpr char kTsanMaps[] = "ThreadSanitizer has mappings of its own for each";

class StackGuardTest : public ::testing::TestWithParam<Guard> {
 protected:
  void SetUp() override {
    ::testing::FLAGS_gtest_death_test_style = "threadsafe";
    if (GetParam() == Guard::kKernel && !KernelHasGuards()) {
      GTEST_SKIP() << "this kernel has no MADV_GUARD_INSTALL";
    }
    if (GetParam() == Guard::kMprotect && prctl(PR_GET_SECCOMP) < 0) {
      GTEST_SKIP() << "this kernel cannot be made to look older: no seccomp";
    }
  }

  // In a process of its own, which ends.
  template <typename Main>
  [[noreturn]] static void Run(int procs, Main main) {
    if (GetParam() == Guard::kMprotect) HaveNoGuards();
    std::exit(rt::Run([=] {
      GOMAXPROCS(procs);
      main();
    }));
  }
};

INSTANTIATE_TEST_SUITE_P(Guards, StackGuardTest,
                         ::testing::Values(Guard::kKernel, Guard::kMprotect),
                         ::testing::PrintToStringParamName());

TEST_P(StackGuardTest, AnOverflowIsReported) {
  for (int procs : {1, 2, 4, 16}) {
    EXPECT_EXIT(Run(procs,
                    [] {
                      Park(100);
                      Go([] { Recurse(0); });
                      MakeChan<int>().Recv();
                    }),
                ::testing::ExitedWithCode(2),
                "^runtime: goroutine stack exceeds [0-9]+-byte limit\n"
                "fatal error: stack overflow\n\n"
                "goroutine [0-9]+ \\[running\\]:\n"
                ".*Recurse\\(int\\)\n\t.*stack_guard_test.cc:[0-9]+\n");
  }
}

// The kernel's leaves a slab of 64 stacks one mapping.
TEST_P(StackGuardTest, SplitsTheMappingIfMadeByMprotect) {
  if (internal::kTsan) GTEST_SKIP() << kTsanMaps;
  EXPECT_EXIT(Run(1,
                  [] {
                    int before = CountMaps();
                    Park(1000);
                    int more = CountMaps() - before;
                    std::cerr << (more >= 1000      ? "many\n"
                                  : more < 1000 / 2 ? "few\n"
                                                    : "neither\n");
                  }),
              ::testing::ExitedWithCode(0),
              GetParam() == Guard::kKernel ? "^few\n$" : "^many\n$");
}

// Each guard of mprotect's takes two.
TEST_P(StackGuardTest, MoreStacksThanThereAreMappings) {
  if (internal::kTsan) GTEST_SKIP() << kTsanMaps;
  if (internal::kAsan) {
    GTEST_SKIP() << "AddressSanitizer's shadow of so many stacks is gigabytes";
  }
  int count = MaxMaps();
  constexpr int kEnough = 200'000;
  if (count > kEnough) {
    GTEST_SKIP() << "with vm.max_map_count=" << count << " that is too many";
  }
  for (int procs : {1, 2, 4, 16}) {
    if (GetParam() == Guard::kKernel) {
      EXPECT_EXIT(Run(procs, [count] { Park(count); }),
                  ::testing::ExitedWithCode(0), "^$");
      continue;
    }
    EXPECT_EXIT(Run(procs, [count] { Park(count); }),
                ::testing::ExitedWithCode(2),
                "fatal error: out of memory for goroutine stacks: mprotect: "
                "Cannot allocate memory \\(raise vm.max_map_count: each stack "
                "has a guard\\)\n$");
  }
}

}  // namespace
}  // namespace rt
