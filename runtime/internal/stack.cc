// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/stack.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <new>

#include "runtime/internal/check.h"
#include "runtime/internal/sanitizer.h"

namespace rt::internal {
namespace {

constexpr int kStacksPerSlab = 64;
constexpr int kMadvGuardInstall = 102;  // Not in the headers of older systems.

// Nothing can be unwound or dumped without memory for it; keep to what always
// works.
[[noreturn]] void OutOfStacks(const char* call) {
  char text[256];
  int n =
      snprintf(text, sizeof(text),
               "fatal error: out of memory for goroutine stacks: %s: %s%s\n",
               call, strerror(errno),
               strcmp(call, "mprotect") == 0
                   ? " (raise vm.max_map_count: each stack has a guard)"
                   : "");
  WriteStderr(text, static_cast<unsigned long>(n));
  ExitNow(2);
}

void InstallGuard(std::byte* base) {
  static std::atomic<bool> have_madvise{true};
  if (have_madvise.load(std::memory_order_relaxed)) {
    if (madvise(base, kGuardBytes, kMadvGuardInstall) == 0) return;
    have_madvise.store(false, std::memory_order_relaxed);
  }
  if (mprotect(base, kGuardBytes, PROT_NONE) != 0) OutOfStacks("mprotect");
}

}  // namespace

StackPool& StackPool::Get() {
  static constinit StackPool pool;
  return pool;
}

void StackPool::MapSlab() {
  constexpr size_t kBytes = kStacksPerSlab * kStackBytes;
  void* slab = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (slab == MAP_FAILED) OutOfStacks("mmap");
  // A huge page would give 2 MiB to a stack that needs 4 KiB. Advice: a kernel
  // without huge pages refuses it, which is as good.
  madvise(slab, kBytes, MADV_NOHUGEPAGE);
  fresh_ = static_cast<std::byte*>(slab);
  fresh_end_ = fresh_ + kBytes;
}

int StackPool::Take(Stack* stacks) {
  RawLock lock(mu_);
  if (free_ != nullptr) {
    Bundle* bundle = free_;
    free_ = bundle->next;
    std::copy_n(bundle->stacks, bundle->count, stacks);
    return bundle->count;
  }
  if (fresh_ == fresh_end_) MapSlab();
  int taken = 0;
  while (taken < kBundle && fresh_ != fresh_end_) {
    InstallGuard(fresh_);
    Stack stack{fresh_};
    KeepReachable(stack.low(), stack.size());  // Not the guard: it is read.
    stacks[taken++] = stack;
    fresh_ += kStackBytes;
  }
  return taken;
}

void StackPool::Give(const Stack* stacks, int count) {
  auto* bundle = new (stacks[0].base + kStackBytes - sizeof(Bundle)) Bundle;
  bundle->count = count;
  std::copy_n(stacks, count, bundle->stacks);
  RawLock lock(mu_);
  bundle->next = free_;
  free_ = bundle;
}

}  // namespace rt::internal
