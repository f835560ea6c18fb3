// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// BiasedLock: a lock that one thread, its owner, takes all the time and others
// now and then. While it is biased the owner takes it with two stores and a
// load, none of them locked. Another thread takes the bias away first, at the
// price of a HeavyFence; the owner gets it back once it has taken the lock some
// hundred times without anybody else.
//
// Blocks:   OwnerLock, for as long as another thread has the lock. TryLock for
//           some microseconds at most.
// Threads:  OwnerLock, OwnerUnlock: the owner, who may change if there is order
//           between the two. TryLock, Unlock: all others.
// Ordering: as a mutex.
// Preemption: the caller's business; not between locking and unlocking.
//
// Invariants:
//   B1  the owner is inside if busy_, and biased_ was true when it looked after
//       setting busy_; or if it holds others_.
//   B2  another thread is inside if it holds others_, biased_ is false and it
//       has seen busy_ false after a HeavyFence that followed biased_ = false.
//   B3  biased_ changes only under others_.
//
// After the quickly reacquirable locks of Dice, Moir and Scherer (2003), with
// the asymmetric fences of fence.h.

#ifndef RUNTIME_INTERNAL_BIASED_LOCK_H_
#define RUNTIME_INTERNAL_BIASED_LOCK_H_

#include <sched.h>

#include <atomic>
#include <cstdint>

#include "runtime/internal/fence.h"
#include "runtime/internal/raw_mutex.h"

namespace rt::internal {

class BiasedLock {
 public:
  // Returns whether it was biased; OwnerUnlock wants to know.
  [[nodiscard]] bool OwnerLock() {
    busy_.store(true, std::memory_order_relaxed);
    // A LightFence; it is free if there is a bias.
    std::atomic_signal_fence(std::memory_order_seq_cst);
    // Acquire: all that others did before the bias came back.
    if (biased_.load(std::memory_order_acquire)) [[likely]]
      return true;
    OwnerLockSlow();
    return false;
  }

  void OwnerUnlock(bool biased) {
    if (biased) [[likely]] {
      // Release: pairs with the acquire in TryLock.
      busy_.store(false, std::memory_order_release);
    } else {
      Unlock();
    }
  }

  // False if somebody else has the lock, or the owner does not get out.
  [[nodiscard]] bool TryLock() {
    if (others_.exchange(true, std::memory_order_acquire)) return false;
    owner_turns_ = 0;
    if (!biased_.load(std::memory_order_relaxed)) return true;
    biased_.store(false, std::memory_order_relaxed);
    HeavyFence();
    constexpr int kSpins = 100;
    for (int i = 0; i < kSpins; ++i) {
      if (!busy_.load(std::memory_order_acquire)) return true;
      CpuRelax();
    }
    biased_.store(true, std::memory_order_release);
    Unlock();
    return false;
  }

  // Release: pairs with the acquire of whoever comes next.
  void Unlock() { others_.store(false, std::memory_order_release); }

 private:
  [[gnu::noinline]] void OwnerLockSlow() {
    busy_.store(false, std::memory_order_release);
    while (others_.exchange(true, std::memory_order_acquire)) {
      for (int i = 0; others_.load(std::memory_order_relaxed); ++i) {
        constexpr int kSpins = 100;
        i < kSpins ? CpuRelax() : static_cast<void>(sched_yield());
      }
    }
    // Taking the bias away costs both sides about what this many locked
    // instructions do.
    constexpr uint32_t kTurns = 512;
    if (light_fence_is_free && ++owner_turns_ == kTurns) {
      biased_.store(true, std::memory_order_release);
    }
  }

  std::atomic<bool> busy_{false};
  std::atomic<bool> biased_{light_fence_is_free};
  std::atomic<bool> others_{false};
  uint32_t owner_turns_ = 0;  // Under others_: since somebody else was inside.
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_BIASED_LOCK_H_
