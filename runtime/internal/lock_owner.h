// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// LockOwner: who holds a lock and where it was taken, for deadlock reports.
//
// The holder writes it after taking the lock and clears it before giving it
// back: four plain stores (D-047). Anybody may read it at any time, and may
// then see a lock that has just been taken or is about to be given back as
// free.
//
// A goroutine that has to wait for the lock points G::wait_lock here meanwhile.

#ifndef RUNTIME_INTERNAL_LOCK_OWNER_H_
#define RUNTIME_INTERNAL_LOCK_OWNER_H_

#include <atomic>
#include <cstdint>

namespace rt::internal {

extern "C" {
// The id of the goroutine on the calling thread, 0 if there is none. Written by
// SetCurrentGoroutineId, read by CurrentGoroutineId.
extern constinit thread_local uint64_t rt_current_id;
}

// Addresses the variable relative to the thread in one piece, as no_preempt.h
// does and for the same reason.
inline uint64_t CurrentGoroutineId() {
  uint64_t id;
#if defined(__x86_64__)
  uintptr_t offset;
  asm volatile(
      "movq rt_current_id@gottpoff(%%rip), %0\n\t"
      "movq %%fs:(%0), %1"
      : "=&r"(offset), "=r"(id));
#elif defined(__aarch64__)
  uintptr_t address;
  asm volatile(
      "mrs %0, tpidr_el0\n\t"
      "adrp %1, :gottprel:rt_current_id\n\t"
      "ldr %1, [%1, #:gottprel_lo12:rt_current_id]\n\t"
      "ldr %1, [%0, %1]"
      : "=&r"(address), "=&r"(id));
#endif
  return id;
}

// For the thread's own scheduler; not cached either.
inline void SetCurrentGoroutineId(uint64_t id) {
#if defined(__x86_64__)
  uintptr_t offset;
  asm volatile(
      "movq rt_current_id@gottpoff(%%rip), %0\n\t"
      "movq %1, %%fs:(%0)"
      : "=&r"(offset)
      : "r"(id)
      : "memory");
#elif defined(__aarch64__)
  uintptr_t address;
  uintptr_t offset;
  asm volatile(
      "mrs %0, tpidr_el0\n\t"
      "adrp %1, :gottprel:rt_current_id\n\t"
      "ldr %1, [%1, #:gottprel_lo12:rt_current_id]\n\t"
      "str %2, [%0, %1]"
      : "=&r"(address), "=&r"(offset)
      : "r"(id)
      : "memory");
#endif
}

class LockOwner {
 public:
  struct Holder {
    uint64_t goroutine = 0;  // 0: none, or a plain thread.
    // Return addresses: in the function that took the lock and in its caller.
    void* pcs[2] = {};
  };

  constexpr LockOwner() = default;
  LockOwner(const LockOwner&) = delete;
  LockOwner& operator=(const LockOwner&) = delete;

  // The caller has the lock. Inlined into the function that took it, whose own
  // caller is the one to name when it is a guard's constructor.
  [[gnu::always_inline]] void Set() {
    // Relaxed, here and below: to be looked at, not to order anything.
    caller_.store(__builtin_return_address(0), std::memory_order_relaxed);
    pc_.store(Here(), std::memory_order_relaxed);
    goroutine_.store(CurrentGoroutineId(), std::memory_order_relaxed);
  }

  // The caller is about to give it back.
  void Clear() { goroutine_.store(0, std::memory_order_relaxed); }

  Holder Get() const {
    return {goroutine_.load(std::memory_order_relaxed),
            {pc_.load(std::memory_order_relaxed),
             caller_.load(std::memory_order_relaxed)}};
  }

 private:
  [[gnu::always_inline]] static void* Here() {
    void* pc;
#if defined(__x86_64__)
    asm volatile("leaq 0(%%rip), %0" : "=r"(pc));
#elif defined(__aarch64__)
    asm volatile("adr %0, ." : "=r"(pc));
#endif
    return pc;
  }

  std::atomic<uint64_t> goroutine_{0};
  std::atomic<void*> pc_{nullptr};
  std::atomic<void*> caller_{nullptr};
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_LOCK_OWNER_H_
