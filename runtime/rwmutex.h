// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// RWMutex: any number of readers, or one writer, as Go's sync.RWMutex.
//
//   rt::RWMutex mu;
//   { std::shared_lock lock(mu); ... = table.find(name); }   // RLock, RUnlock
//   { std::scoped_lock lock(mu); table.insert(...); }        // Lock, Unlock
//
// Threads:   every method from any goroutine; a lock belongs to no goroutine in
//            particular, another one may give it back. TryLock, TryRLock,
//            Unlock and RUnlock also from a plain thread.
// Blocks:    the goroutine only.
// Ordering:  an Unlock happens before each later RLock and Lock returns, an
//            RUnlock before each later Lock. A Try that fails orders nothing.
// Fairness:  a writer that waits keeps new readers out, so readers cannot
//            starve it; those that came meanwhile are let in when it unlocks,
//            before the next writer. Among writers as Mutex.
//            Hence never RLock twice in one goroutine: if a writer comes in
//            between, it waits for the first, and the second waits for it.
// Failure:   Unlock or RUnlock of what is not locked so is a fatal error.
// Lifetime:  may be destroyed as soon as the last call has returned, by whoever
//            unlocked it last. Not copyable: a copy would be another lock.
//
// Also what the standard calls a SharedMutex: lock, lock_shared, and so on.

#ifndef RUNTIME_RWMUTEX_H_
#define RUNTIME_RWMUTEX_H_

#include <atomic>
#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "runtime/internal/host.h"
#include "runtime/internal/lock_owner.h"

namespace rt {

class RWMutex;

namespace internal {

// The read lock as a lock of its own. It is its RWMutex, seen otherwise, so it
// lives as long.
class ABSL_LOCKABLE ReadLocker {
 public:
  ReadLocker(const ReadLocker&) = delete;
  ReadLocker& operator=(const ReadLocker&) = delete;
  inline void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION();
  inline void Unlock() ABSL_UNLOCK_FUNCTION();
  [[nodiscard]] inline bool TryLock() ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(true);
  void lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() { Lock(); }
  void unlock() ABSL_UNLOCK_FUNCTION() { Unlock(); }
  [[nodiscard]] bool try_lock() ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(true) {
    return TryLock();
  }

 private:
  friend class rt::RWMutex;
  constexpr ReadLocker() = default;
  inline RWMutex& Whole();
};

}  // namespace internal

class ABSL_LOCKABLE RWMutex : private internal::ReadLocker {
 public:
  constexpr RWMutex() = default;

  // Lock: returns once the calling goroutine has the lock for itself.
  [[gnu::always_inline]] void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() {
    using internal::host::OpKind;
    {
      internal::host::Op op(OpKind::kRWMutexLock, this, [this] {
        return !(state_.load(std::memory_order_relaxed) & kWriter);
      });
      uint64_t state = state_.load(std::memory_order_relaxed);
      // Acquire: pairs with the releases in Unlock and RUnlock.
      if (((state & ~kPhase) == 0 &&
           state_.compare_exchange_strong(state, state | kWriter,
                                          std::memory_order_acquire,
                                          std::memory_order_relaxed)) ||
          ClaimSlow()) {
        owner_.Set();
        AcquireAll();
        return;
      }
    }
    // No new reader comes in any more; those that are in have to leave.
    internal::host::Op op(OpKind::kRWMutexDrain, this, [this] {
      return Departing(state_.load(std::memory_order_relaxed)) == 0;
    });
    owner_.Set();
    WaitForReaders();
    AcquireAll();
  }

  // TryLock: takes the lock if nobody has it, for reading neither.
  [[nodiscard, gnu::always_inline]] bool TryLock()
      ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(true) {
    internal::host::Op op(internal::host::OpKind::kRWMutexTryLock, this);
    uint64_t state = state_.load(std::memory_order_relaxed);
    do {
      if ((state & kWriter) || Readers(state) > 0) {
        internal::host::TryLockFailed(this);
        return false;
      }
    } while (!state_.compare_exchange_weak(state, state | kWriter,
                                           std::memory_order_acquire,
                                           std::memory_order_relaxed));
    owner_.Set();
    AcquireAll();
    return true;
  }

  // Unlock: fatal if the lock is not taken by Lock.
  void Unlock() ABSL_UNLOCK_FUNCTION() {
    internal::host::Op op(internal::host::OpKind::kRWMutexUnlock, this);
    internal::host::Release(this);
    owner_.Clear();
    // Relaxed: only its holder takes the lock away, and that is the caller.
    uint64_t state = state_.load(std::memory_order_relaxed);
    if ((state & ~(kPhase | kReaders)) != kWriter) {
      UnlockSlow();
      return;
    }
    // Release: pairs with whoever takes the lock next. Nothing touches *this
    // after this line. Adding kWriter clears it and carries into kPhase.
    uint64_t before = state_.fetch_add(kWriter, std::memory_order_release);
    if ((before & ~kPhase) != kWriter) AfterUnlock(this, before);
  }

  // RLock: returns once the calling goroutine shares the lock with readers.
  void RLock() ABSL_SHARED_LOCK_FUNCTION() {
    using internal::host::OpKind;
    internal::host::Op op(OpKind::kRWMutexRLock, this, [this] {
      return !(state_.load(std::memory_order_relaxed) & kWriter);
    });
    // Acquire: pairs with the release in Unlock.
    uint64_t before = state_.fetch_add(kReader, std::memory_order_acquire);
    if (before & kWriter) RLockSlow(before);
    internal::host::Acquire(this);
  }

  // TryRLock: the same, if no writer has the lock or waits for it.
  [[nodiscard]] bool TryRLock() ABSL_SHARED_TRYLOCK_FUNCTION(true) {
    internal::host::Op op(internal::host::OpKind::kRWMutexTryRLock, this);
    uint64_t state = state_.load(std::memory_order_relaxed);
    do {
      if (state & kWriter) return false;
    } while (!state_.compare_exchange_weak(state, state + kReader,
                                           std::memory_order_acquire,
                                           std::memory_order_relaxed));
    internal::host::Acquire(this);
    return true;
  }

  // RUnlock: fatal if nobody has the lock for reading.
  void RUnlock() ABSL_UNLOCK_FUNCTION() {
    internal::host::Op op(internal::host::OpKind::kRWMutexRUnlock, this);
    internal::host::Release(ReadersKey());
    // Release: pairs with the writer that comes next. Nothing touches *this
    // after this line unless a writer waits for us.
    uint64_t before = state_.fetch_sub(kReader, std::memory_order_release);
    if ((before & kWriter) || Readers(before) == 0) RUnlockSlow(before);
  }

  // RLocker: the read lock as a lock of its own, for a Cond or a scoped_lock.
  internal::ReadLocker& RLocker() { return *this; }

  [[gnu::always_inline]] void lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() { Lock(); }
  [[nodiscard, gnu::always_inline]] bool try_lock()
      ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(true) {
    return TryLock();
  }
  void unlock() ABSL_UNLOCK_FUNCTION() { Unlock(); }
  void lock_shared() ABSL_SHARED_LOCK_FUNCTION() { RLock(); }
  [[nodiscard]] bool try_lock_shared() ABSL_SHARED_TRYLOCK_FUNCTION(true) {
    return TryRLock();
  }
  void unlock_shared() ABSL_UNLOCK_FUNCTION() { RUnlock(); }

 private:
  friend class internal::ReadLocker;

  // The word, from bit 0; what each part means is at the head of rwmutex.cc.
  static constexpr int kCountBits = 29;
  static constexpr uint64_t kReader = 1;
  static constexpr uint64_t kReaders = (uint64_t{1} << kCountBits) - 1;
  static constexpr uint64_t kDeparting = uint64_t{1} << kCountBits;
  static constexpr uint64_t kWaiting = uint64_t{1} << 59;
  static constexpr uint64_t kWoken = uint64_t{1} << 60;
  static constexpr uint64_t kStarving = uint64_t{1} << 61;
  static constexpr uint64_t kWriter = uint64_t{1} << 62;
  static constexpr uint64_t kPhase = uint64_t{1} << 63;

  static uint64_t Readers(uint64_t state) { return state & kReaders; }
  static uint64_t Departing(uint64_t state) {
    return (state >> kCountBits) & kReaders;
  }
  // `state` with kWriter: all readers that are in have to leave first.
  static uint64_t Claimed(uint64_t state) {
    return state | kWriter | (Readers(state) << kCountBits);
  }

  // Where readers, who waits for them, and writers wait: addresses only.
  const void* ReadersKey() const { return Key(1); }
  const void* DrainKey() const { return Key(2); }
  const void* Key(int i) const {
    return reinterpret_cast<const char*>(this) + i;
  }
  void AcquireAll() {
    internal::host::Acquire(this);
    internal::host::Acquire(ReadersKey());
  }

  bool ClaimSlow();
  void WaitForReaders();
  void UnlockSlow();
  bool HandOver();
  void RLockSlow(uint64_t before);
  void RUnlockSlow(uint64_t before);
  static void AfterUnlock(const RWMutex* gone, uint64_t before);

  std::atomic<uint64_t> state_{0};
  // The writer that has the lock, or waits for readers to leave.
  internal::LockOwner owner_;
};

namespace internal {

// A RWMutex is where its ReadLocker is: there is no other.
inline RWMutex& ReadLocker::Whole() { return static_cast<RWMutex&>(*this); }
inline void ReadLocker::Lock() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  Whole().RLock();
}
inline void ReadLocker::Unlock() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  Whole().RUnlock();
}
inline bool ReadLocker::TryLock() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  return Whole().TryRLock();
}

}  // namespace internal

}  // namespace rt

#endif  // RUNTIME_RWMUTEX_H_
