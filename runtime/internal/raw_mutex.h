// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// RawMutex: the lock inside the runtime, for a few dozen instructions at most.
//
// Blocks:   the kernel thread. Never held across host::Park (a ParkCommit
//           releases it), never held while code of the user runs, except for a
//           channel element's move constructor and destructor.
// Order:    a release of the lock happens before the next acquisition. Lock and
//           IsLocked are also in the single order of sequentially consistent
//           operations: if IsLocked returns false, every owner whose Lock comes
//           before it there has let go, and what it wrote is visible.
// Rank:     the order among several is lock_rank.h's.
// Fairness: none.
// Preemption: not of who holds one. It is released on the thread that took it.
//
// Unlock is one plain store. That is why a waiter does not sleep on a futex
// (Unlock would have to look for sleepers with a locked instruction, at twice
// the cost of the whole critical section): it spins, then gives its core away,
// which is enough when the owner was interrupted by the kernel.

#ifndef RUNTIME_INTERNAL_RAW_MUTEX_H_
#define RUNTIME_INTERNAL_RAW_MUTEX_H_

#include <atomic>

#include "absl/base/thread_annotations.h"
#include "runtime/internal/lock_rank.h"
#include "runtime/internal/no_preempt.h"

namespace rt::internal {

// Tells the core that this is a spin loop.
inline void CpuRelax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("isb" ::: "memory");
#endif
}

class ABSL_LOCKABLE RawMutex {
 public:
  constexpr explicit RawMutex(LockRank rank) : rank_(rank) {}
  RawMutex(const RawMutex&) = delete;
  RawMutex& operator=(const RawMutex&) = delete;

  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() {
    EnterNoPreempt();
    rank_.Lock(this, /*waits=*/true);
    // Sequentially consistent rather than acquire for IsLocked's sake; on
    // x86-64 the two are the same instruction.
    if (locked_.exchange(true, std::memory_order_seq_cst)) LockSlow();
  }

  bool TryLock() ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(true) {
    EnterNoPreempt();
    if (!locked_.exchange(true, std::memory_order_seq_cst)) {
      rank_.Lock(this, /*waits=*/false);
      return true;
    }
    LeaveNoPreempt();
    return false;
  }

  void Unlock() ABSL_UNLOCK_FUNCTION() {
    // First: the mutex may be gone as soon as it is free.
    rank_.Unlock(this);
    locked_.store(false, std::memory_order_release);
    LeaveNoPreempt();
  }

  // Whether somebody holds the lock. From any thread; for a look at what the
  // lock guards, of which a part may be atomic, without taking it.
  bool IsLocked() const { return locked_.load(std::memory_order_seq_cst); }

 private:
  void LockSlow();

  std::atomic<bool> locked_{false};
  [[no_unique_address]] RankCheck rank_;
};

class ABSL_SCOPED_LOCKABLE RawLock {
 public:
  explicit RawLock(RawMutex& mu) ABSL_EXCLUSIVE_LOCK_FUNCTION(mu) : mu_(mu) {
    mu_.Lock();
  }
  ~RawLock() ABSL_UNLOCK_FUNCTION() { mu_.Unlock(); }
  RawLock(const RawLock&) = delete;
  RawLock& operator=(const RawLock&) = delete;

 private:
  RawMutex& mu_;
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_RAW_MUTEX_H_
