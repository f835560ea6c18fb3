// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Stacks of goroutines: fixed size, reserved but not touched, used again.
//
// Slabs of 64 stacks are mapped at once and never unmapped; a stack that is
// free goes to a pool, the last one used first, because its pages are warm.
//
//     base                                                base + kStackBytes
//     | guard, kGuardBytes | usable ................................ top |
//
// The guard faults when touched. It is installed with MADV_GUARD_INSTALL where
// the kernel has it (6.13), which costs 0.25 µs and leaves the slab one
// mapping, so a million stacks fit into vm.max_map_count; else with mprotect.
//
// Slabs as in Bonwick, "The slab allocator" (1994), and free stacks at hand for
// each P, in bundles, as in Bonwick and Adams, "Magazines and Vmem" (2001).
//
// Threads: StackPool from any; a StackCache belongs to one P.
// Failure: no memory for stacks is a fatal error that says so.

#ifndef RUNTIME_INTERNAL_STACK_H_
#define RUNTIME_INTERNAL_STACK_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "runtime/internal/raw_mutex.h"
#include "runtime/internal/sanitizer.h"

namespace rt::internal {

// Address space, not memory: a stack costs the pages that it touches. Code that
// is instrumented has much larger frames.
// No power of two: the tops of many stacks would fall into few places of the
// processor's table of pages (TLB).
inline constexpr size_t kStackBytes =
    ((kTsan || kAsan ? size_t{1024} : size_t{256}) << 10) + (size_t{4} << 10);
// Code of this build touches each page of a large frame. What other code's
// frames, of a library, may leap: most are much smaller.
inline constexpr size_t kGuardBytes = size_t{16} << 10;

struct Stack {
  std::byte* base = nullptr;  // Null: no stack.

  std::byte* low() const { return base + kGuardBytes; }
  static constexpr size_t size() { return kStackBytes - kGuardBytes; }
  // Whether the address lies in the part that is used.
  bool Holds(const void* address) const {
    auto a = reinterpret_cast<uintptr_t>(address);
    auto b = reinterpret_cast<uintptr_t>(base);
    return base != nullptr && a >= b + kGuardBytes && a < b + kStackBytes;
  }
  bool GuardHolds(const void* address) const {
    auto a = reinterpret_cast<uintptr_t>(address);
    auto b = reinterpret_cast<uintptr_t>(base);
    return base != nullptr && a >= b && a < b + kGuardBytes;
  }
};

// The free stacks of the program, in bundles. A bundle lies at the top of the
// first of its stacks: to look into every one would be a cache miss each.
class StackPool {
 public:
  static constexpr int kBundle = 16;

  static StackPool& Get();

  // At least one stack, at most kBundle; returns how many.
  int Take(Stack* stacks);
  // `count` from 1 to kBundle.
  void Give(const Stack* stacks, int count);

 private:
  struct Bundle {
    Bundle* next;
    int count;
    Stack stacks[kBundle];
  };

  void MapSlab() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  RawMutex mu_{LockRank::kStacks};
  Bundle* free_ ABSL_GUARDED_BY(mu_) = nullptr;
  std::byte* fresh_ ABSL_GUARDED_BY(mu_) = nullptr;  // Never used: not touched.
  std::byte* fresh_end_ ABSL_GUARDED_BY(mu_) = nullptr;
};

// A few free stacks at hand, without a lock.
class StackCache {
 public:
  // Take does not need the pool.
  bool HasOne() const { return size_ > 0; }
  Stack Take() {
    if (size_ == 0) size_ = StackPool::Get().Take(stacks_);
    return stacks_[--size_];
  }
  void Give(Stack stack) {
    if (size_ == kMax) GiveColdest();
    stacks_[size_++] = stack;
  }
  void GiveAll() {
    while (size_ > 0) GiveColdest();
  }

 private:
  static constexpr int kMax = 2 * StackPool::kBundle;

  void GiveColdest() {
    int count = std::min(size_, StackPool::kBundle);
    StackPool::Get().Give(stacks_, count);
    std::copy(stacks_ + count, stacks_ + size_, stacks_);
    size_ -= count;
  }

  Stack stacks_[kMax];
  int size_ = 0;
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_STACK_H_
