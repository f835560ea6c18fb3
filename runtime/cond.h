// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Cond: waiting until something that a lock protects has changed, as Go's
// sync.Cond.
//
//   rt::Mutex mu;
//   rt::Cond ready(&mu);
//   mu.Lock();                          mu.Lock();
//   while (!done) ready.Wait();         done = true;
//   ... mu is locked, and done true     ready.Broadcast();
//   mu.Unlock();                        mu.Unlock();
//
// A Signal that comes while nobody waits is lost, and what was true when a
// waiter was woken may no longer be when it has the lock. So the condition is a
// variable under the lock, and Wait stands in a loop; Wait(condition) is one.
//
// Threads:   Wait from a goroutine that has locked the lock; Signal and
//            Broadcast from any goroutine or plain thread, with or without it.
// Blocks:    Wait, the goroutine only. It gives the lock back meanwhile, and
//            has it again when it returns.
// Ordering:  a Signal or Broadcast happens before the return of each Wait that
//            it wakes.
// Fairness:  who waits longest is woken first, and always one that began to
//            wait before the Signal. Getting the lock is another matter.
// Failure:   Wait without the lock is what Unlock without it is: fatal. Never
//            wakes without a reason.
// Lifetime:  the lock must outlive the Cond. May be destroyed once every call
//            has returned. Not copyable: nobody would wait at the copy.

#ifndef RUNTIME_COND_H_
#define RUNTIME_COND_H_

#include <atomic>

#include "absl/base/thread_annotations.h"
#include "runtime/internal/g.h"
#include "runtime/internal/raw_mutex.h"

namespace rt {

class Cond {
 public:
  // `lock` is anything with lock() and unlock(): a Mutex, a RWMutex, what
  // RWMutex::RLocker returns, or a type of your own over these.
  template <typename Lockable>
  explicit constexpr Cond(Lockable* lock)
      : lock_{lock, [](void* l) { Locking<Lockable>::Lock(l); },
              [](void* l) { Locking<Lockable>::Unlock(l); }} {}
  Cond(const Cond&) = delete;
  Cond& operator=(const Cond&) = delete;

  // Wait: gives the lock back, waits for a Signal or Broadcast, locks again.
  void Wait();

  // Wait: returns, with the lock, once `condition` holds; looks at it under the
  // lock, now and after each wake-up.
  template <typename Condition>
  void Wait(Condition condition) {
    while (!condition()) Wait();
  }

  // Signal: wakes the goroutine that waits longest, if there is one.
  void Signal();

  // Broadcast: wakes all that wait now.
  void Broadcast();

 private:
  // Lies on the stack of the goroutine that waits. Guarded by Cond::mu_.
  struct Waiter {
    internal::G* g = nullptr;
    Waiter* next = nullptr;
    bool parked = false;    // Or still about to give the lock back.
    bool notified = false;  // No longer on the list.
  };

  // The thread-safety analysis cannot see which lock this is.
  template <typename Lockable>
  struct Locking {
    static void Lock(void* lock) ABSL_NO_THREAD_SAFETY_ANALYSIS {
      static_cast<Lockable*>(lock)->lock();
    }
    static void Unlock(void* lock) ABSL_NO_THREAD_SAFETY_ANALYSIS {
      static_cast<Lockable*>(lock)->unlock();
    }
  };
  struct AnyLock {
    void* object;
    void (*lock)(void*);
    void (*unlock)(void*);
  };

  const AnyLock lock_;
  internal::RawMutex mu_{internal::LockRank::kCond};
  // Written under mu_; Signal looks whether there is anybody without it.
  std::atomic<Waiter*> first_{nullptr};
  Waiter* last_ ABSL_GUARDED_BY(mu_) = nullptr;
};

}  // namespace rt

#endif  // RUNTIME_COND_H_
