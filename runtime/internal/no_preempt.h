// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// NoPreempt: while one exists on a thread, the goroutine on it is not
// preempted.
//
// For code that runs on a goroutine's stack and uses what belongs to its P
// (m->p and all behind it), or holds a RawMutex, which counts by itself. A
// preempted goroutine goes on later on the same thread, with the same M, but
// with another P.
//
// Threads: any. A count for each thread; regions may nest. A region must end on
//          the thread where it began: nothing in it may park.
// Cost:    one instruction at either end. The count is addressed relative to
//          the thread by that very instruction: an address kept in a register
//          would be another thread's after a switch (D-020).

#ifndef RUNTIME_INTERNAL_NO_PREEMPT_H_
#define RUNTIME_INTERNAL_NO_PREEMPT_H_

#include <cstdint>

namespace rt::internal {

extern "C" {
// How many regions the calling thread is in. For the two functions below and
// the signal handler, which runs on the same thread.
extern constinit thread_local uint32_t rt_no_preempt_count;
}

// Each also keeps the compiler from moving memory accesses out of the region.
inline void AddNoPreempt(uint32_t delta) {
#if defined(__x86_64__)
  uintptr_t offset;
  asm volatile(
      "movq rt_no_preempt_count@gottpoff(%%rip), %0\n\t"
      "addl %1, %%fs:(%0)"
      : "=&r"(offset)
      : "er"(delta)
      : "memory", "cc");
#elif defined(__aarch64__)
  uintptr_t address;
  uintptr_t offset;
  uint32_t count;
  asm volatile(
      "mrs %0, tpidr_el0\n\t"
      "adrp %1, :gottprel:rt_no_preempt_count\n\t"
      "ldr %1, [%1, #:gottprel_lo12:rt_no_preempt_count]\n\t"
      "ldr %w2, [%0, %1]\n\t"
      "add %w2, %w2, %w3\n\t"
      "str %w2, [%0, %1]"
      : "=&r"(address), "=&r"(offset), "=&r"(count)
      : "r"(delta)
      : "memory");
#endif
}

// The same for one region that does not nest, and may hold regions of the other
// kind: it stores only. A count is loaded and stored again, and regions that
// follow closely on each other wait for each other's store.
extern "C" {
extern constinit thread_local uint32_t rt_pinned;
}

inline void SetPinned(uint32_t pinned) {
#if defined(__x86_64__)
  uintptr_t offset;
  asm volatile(
      "movq rt_pinned@gottpoff(%%rip), %0\n\t"
      "movl %1, %%fs:(%0)"
      : "=&r"(offset)
      : "er"(pinned)
      : "memory");
#elif defined(__aarch64__)
  uintptr_t address;
  uintptr_t offset;
  asm volatile(
      "mrs %0, tpidr_el0\n\t"
      "adrp %1, :gottprel:rt_pinned\n\t"
      "ldr %1, [%1, #:gottprel_lo12:rt_pinned]\n\t"
      "str %w2, [%0, %1]"
      : "=&r"(address), "=&r"(offset)
      : "r"(pinned)
      : "memory");
#endif
}

inline void EnterNoPreempt() { AddNoPreempt(1); }
inline void LeaveNoPreempt() { AddNoPreempt(static_cast<uint32_t>(-1)); }

class NoPreempt {
 public:
  NoPreempt() { EnterNoPreempt(); }
  ~NoPreempt() { LeaveNoPreempt(); }
  NoPreempt(const NoPreempt&) = delete;
  NoPreempt& operator=(const NoPreempt&) = delete;
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_NO_PREEMPT_H_
