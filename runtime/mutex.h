// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Mutex: one goroutine at a time, with the semantics of Go's sync.Mutex.
//
//   #include <mutex>
//
//   rt::Mutex mu;
//   std::scoped_lock lock(mu);   // or mu.Lock(); absl::Cleanup c = [&] {...};
//
// Threads:   every method from any goroutine; a locked Mutex belongs to no
//            goroutine in particular, another one may unlock it. TryLock and
//            Unlock also from a plain thread.
// Blocks:    the goroutine only; the worker thread runs other goroutines.
// Ordering:  the n-th Unlock happens before the (n+1)-th Lock returns, and
//            before a TryLock that takes the lock. A TryLock that fails orders
//            nothing.
// Failure:   Unlock of an unlocked Mutex is a fatal error, not a Panic.
// Fairness:  a goroutine that is just asking may overtake those that wait: that
//            is fast. One that has been overtaken for a millisecond is handed
//            the lock directly, and so is everybody behind it, until somebody
//            waited for less than that or nobody waits.
// Lifetime:  may be destroyed as soon as the last call has returned, by whoever
//            unlocked it last. Not copyable: a copy would be another lock.
//
// Also a Lockable of the standard library: lock, unlock, try_lock.

#ifndef RUNTIME_MUTEX_H_
#define RUNTIME_MUTEX_H_

#include <atomic>
#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "runtime/internal/host.h"
#include "runtime/internal/lock_owner.h"

namespace rt {

class ABSL_LOCKABLE Mutex {
 public:
  constexpr Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  // Lock: returns once the calling goroutine has the lock.
  [[gnu::always_inline]] void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() {
    internal::host::Op op(internal::host::OpKind::kMutexLock, this, [this] {
      return !(state_.load(std::memory_order_relaxed) & kLocked);
    });
    // Acquire: pairs with the release in Unlock.
    if (state_.fetch_or(kLocked, std::memory_order_acquire) & kLocked) {
      LockSlow();
    }
    owner_.Set();
    internal::host::Acquire(this);
  }

  // TryLock: takes the lock if that is possible at once.
  [[nodiscard, gnu::always_inline]] bool TryLock()
      ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(true) {
    internal::host::Op op(internal::host::OpKind::kMutexTryLock, this);
    uint32_t state = state_.load(std::memory_order_relaxed);
    do {
      if (state & (kLocked | kStarving)) {
        internal::host::TryLockFailed(this);
        return false;
      }
    } while (!state_.compare_exchange_weak(state, state | kLocked,
                                           std::memory_order_acquire,
                                           std::memory_order_relaxed));
    owner_.Set();
    internal::host::Acquire(this);
    return true;
  }

  // Unlock: fatal if the lock is not taken.
  void Unlock() ABSL_UNLOCK_FUNCTION() {
    internal::host::Op op(internal::host::OpKind::kMutexUnlock, this);
    internal::host::Release(this);
    owner_.Clear();
    // Relaxed: only the holder takes kLocked away, and that is the caller.
    if (state_.load(std::memory_order_relaxed) != kLocked) {
      UnlockSlow();
      return;
    }
    // Release: pairs with whoever takes the lock next. Nothing touches *this
    // after this line.
    uint32_t before = state_.fetch_sub(kLocked, std::memory_order_release);
    if (before != kLocked) AfterUnlock(this, before);
  }

  [[gnu::always_inline]] void lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() { Lock(); }
  [[nodiscard, gnu::always_inline]] bool try_lock()
      ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(true) {
    return TryLock();
  }
  void unlock() ABSL_UNLOCK_FUNCTION() { Unlock(); }

 private:
  // The word, from bit 0: locked, woken, starving, then the number of
  // goroutines inside LockSlow.
  static constexpr uint32_t kLocked = 1;
  static constexpr uint32_t kWoken = 2;  // One of them is awake: wake no more.
  static constexpr uint32_t kStarving = 4;  // Hand over; do not compete.
  static constexpr uint32_t kWaiter = 8;

  void LockSlow();
  bool TakeSpinning();
  void UnlockSlow();
  void HandOver();
  static void AfterUnlock(const void* key, uint32_t before);

  std::atomic<uint32_t> state_{0};
  internal::LockOwner owner_;
};

}  // namespace rt

#endif  // RUNTIME_MUTEX_H_
