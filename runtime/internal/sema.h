// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Sleeping at an address, and waking who sleeps there; under all sync types.
//
// The queues live in a table of their own, not in the objects. So Mutex and
// WaitGroup stay one word, and a waker that has changed the word need not touch
// the object again: it uses the address as a key only. That is what makes them
// safe to destroy as soon as their last call has returned. An address may be
// used again by another object before a late waker arrives; then a goroutine is
// woken for nothing, so whoever sleeps here must look at its word again.
//
// Futexes (Franke, Russell, Kirkwood, "Fuss, futexes and furwocks", 2002)
// between goroutines, as are Go's semaphores (runtime/sema.go), whose queues
// are also in a table, and WebKit's ParkingLot.
//
// Use: lock the queue of the key, look at the word, then either unlock or
// push a waiter and SemaPark, which unlocks. A waker changes the word first,
// then locks, pops, unlocks, and makes ready.

#ifndef RUNTIME_INTERNAL_SEMA_H_
#define RUNTIME_INTERNAL_SEMA_H_

#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "runtime/internal/g.h"
#include "runtime/internal/raw_mutex.h"

namespace rt::internal {

// Lies on the stack of the goroutine that sleeps.
struct SemaWaiter {
  G* g = nullptr;
  const void* key = nullptr;
  int64_t since_ns = 0;  // When it first began to wait; for the waker to read.
  int64_t contention_ns = 0;  // When it began to wait this time, or 0.
  bool handed = false;        // Set by a waker that gives more than a chance.

  // The queue's.
  SemaWaiter* next = nullptr;  // The next one at the same key.
  SemaWaiter* last = nullptr;  // In the first of a key: the last.
  SemaWaiter* next_key =
      nullptr;  // In the first of a key: another key's first.
};

// For the calling goroutine, which must be one, at `key`.
SemaWaiter WaiterAt(const void* key, WaitReason reason);

// One bucket of the table: for each key that hashes to it, its waiters in
// order.
class SemaQueue {
 public:
  RawMutex mu{LockRank::kSema};

  void PushBack(SemaWaiter* w) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  void PushFront(SemaWaiter* w) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);

  // The first waiter at `key`; null if there is none.
  SemaWaiter* Pop(const void* key) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);

  bool HasWaiter(const void* key) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    return *Find(key) != nullptr;
  }

  // All waiters at `key`, linked by `next`.
  SemaWaiter* PopAll(const void* key) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);

  void Clear() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) { keys_ = nullptr; }

 private:
  // Where the pointer to the first waiter at `key` is, or would be appended.
  SemaWaiter** Find(const void* key) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);

  SemaWaiter* keys_ ABSL_GUARDED_BY(mu) = nullptr;
};

// The queue for `key`; the same one every time.
SemaQueue& SemaQueueFor(const void* key);

// Forgets everybody who sleeps: when Run ends, they will not wake any more.
void ResetSemaQueues();

// For a goroutine that is about to sleep until somebody on another core is
// through with something short: true if it should look again, some time having
// passed. Counts in *spins, from 0; four times at most.
bool SpinBeforeSleep(int* spins);

// Parks the calling goroutine, which is on `queue`, and unlocks the queue.
void SemaPark(SemaQueue& queue, WaitReason reason, const void* object)
    ABSL_UNLOCK_FUNCTION(queue.mu);

// Makes the goroutine of `w` ready, which has waited for a lock and was taken
// out of the queue by who gave that up, the caller. *w is gone afterwards.
void WakeForLock(SemaWaiter* w);

// The same for the goroutine that waits longest at `key`, so that it competes.
// Nothing if there is none: it has said that it waits, but will find the lock
// free.
void WakeOneForLock(const void* key);

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_SEMA_H_
