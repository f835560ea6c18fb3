// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The word:
//
//   readers    29 bits  have the lock for reading, or wait for it
//   departing  29 bits  of them, those that the writer has to wait for
//   kWaiting            writers are in the queue
//   kWoken              one of them is awake: wake no more
//   kStarving           hand the lock over; do not compete
//   kWriter             a writer has the lock, or waits for readers to leave
//   kPhase              flips with every Unlock
//
// As in Go (sync/rwmutex.go) a reader is one addition, in and out, and a writer
// that comes sets its flag and notes how many readers are in: those it waits
// for. Readers that find the flag have counted themselves, and wait for the
// phase to flip; the same step makes them all owners. So what Go keeps in five
// fields changes in one step, and the object is not touched after it:
//
//   R1  departing > 0 only with kWriter; no writer has the lock then.
//   R2  with kWriter, readers beyond `departing` wait for the phase to flip.
//   R3  without kWriter, all readers have the lock. Some may not know yet.
//   R4  the phase cannot flip twice while a reader waits for it: the writer in
//       between would have had to wait for that reader.
//   R5  who brings `departing` to 0 is one and only one, and uses the object as
//       a key only from there on. Until then the writer is in Lock.
//
// Among writers the rule is that of mutex.cc; its proof that no wake-up is lost
// holds here with kWaiting, which changes under the queue's lock only, for the
// count of waiters.

#include "runtime/rwmutex.h"

#include "runtime/internal/sema.h"

namespace rt {
namespace {

using internal::SemaQueue;
using internal::SemaQueueFor;
using internal::SemaWaiter;
using internal::WaiterAt;
using internal::WaitReason;
using internal::WakeOneForLock;
namespace host = internal::host;

constexpr int64_t kStarvationNs = 1'000'000;  // As in mutex.cc.

void WakeAll(const void* key) {
  SemaQueue& queue = SemaQueueFor(key);
  queue.mu.Lock();
  SemaWaiter* w = queue.PopAll(key);
  queue.mu.Unlock();
  while (w != nullptr) {
    SemaWaiter* next = w->next;  // *w is gone once its goroutine is ready.
    internal::WakeForLock(w);
    w = next;
  }
}

}  // namespace

// Becomes the writer. True if no reader is left to wait for.
bool RWMutex::ClaimSlow() {
  uint64_t state;
  int spins = 0;
  do {
    state = state_.load(std::memory_order_relaxed);
    while (!(state & kWriter)) {
      // Acquire: pairs with the releases in Unlock and RUnlock.
      if (state_.compare_exchange_weak(state, Claimed(state),
                                       std::memory_order_acquire,
                                       std::memory_order_relaxed)) {
        return Readers(state) == 0;
      }
    }
  } while (!(state & kStarving) && internal::SpinBeforeSleep(&spins));
  SemaWaiter self = WaiterAt(this, WaitReason::kRWMutexLock);
  self.since_ns = host::NowNs();
  SemaQueue& queue = SemaQueueFor(this);
  for (bool overtaken = false;; overtaken = true) {
    bool starving = overtaken && host::NowNs() - self.since_ns > kStarvationNs;
    queue.mu.Lock();
    uint64_t next;
    state = state_.load(std::memory_order_relaxed);
    do {
      // We are the one that is awake, or come for the first time.
      uint64_t seen = overtaken ? state & ~kWoken : state;
      if (state & kWriter) {
        next = seen | kWaiting | (starving ? kStarving : 0);
      } else {
        next = Claimed(seen);
        if (!queue.HasWaiter(this)) next &= ~kWaiting;
      }
    } while (!state_.compare_exchange_weak(
        state, next, std::memory_order_acquire, std::memory_order_relaxed));
    if (!(state & kWriter)) {
      queue.mu.Unlock();
      return Readers(state) == 0;
    }
    if (overtaken) {
      queue.PushFront(&self);
    } else {
      queue.PushBack(&self);
    }
    self.g->wait_lock = &owner_;
    internal::SemaPark(queue, WaitReason::kRWMutexLock, this);
    self.g->wait_lock = nullptr;
    if (self.handed) {
      // Acquire: the readers that left since.
      return Departing(state_.load(std::memory_order_acquire)) == 0;
    }
  }
}

void RWMutex::WaitForReaders() {
  for (int spins = 0; internal::SpinBeforeSleep(&spins);) {
    // Acquire: pairs with the last departing reader's release.
    if (Departing(state_.load(std::memory_order_acquire)) == 0) return;
  }
  const void* key = DrainKey();
  SemaQueue& queue = SemaQueueFor(key);
  SemaWaiter self = WaiterAt(key, WaitReason::kRWMutexDrain);
  for (;;) {
    queue.mu.Lock();
    // Acquire: pairs with the last departing reader's release.
    if (Departing(state_.load(std::memory_order_acquire)) == 0) break;
    queue.PushBack(&self);
    self.g->wait_lock = &owner_;  // Itself: the rest is readers.
    internal::SemaPark(queue, WaitReason::kRWMutexDrain, this);
    self.g->wait_lock = nullptr;
  }
  queue.mu.Unlock();
}

// Writers wait, or the lock is not the caller's.
void RWMutex::UnlockSlow() {
  uint64_t state = state_.load(std::memory_order_relaxed);
  uint64_t next;
  do {
    if (!(state & kWriter) || Departing(state) > 0) {
      host::Fatal("sync: Unlock of unlocked RWMutex");
    }
    if ((state & kStarving) && HandOver()) return;
    state &= ~kStarving;
    next = state + kWriter;
    if (state & kWaiting) next |= kWoken;
    // Release: pairs with whoever takes the lock next. Of *this the address is
    // all that is used afterwards.
  } while (!state_.compare_exchange_weak(state, next, std::memory_order_release,
                                         std::memory_order_relaxed));
  AfterUnlock(this, state);
}

// What Unlock owes to those that were there when it let go.
void RWMutex::AfterUnlock(const RWMutex* gone, uint64_t before) {
  if (!(before & kWriter)) host::Fatal("sync: Unlock of unlocked RWMutex");
  if (Readers(before) > 0) WakeAll(gone->ReadersKey());
  if ((before & kWaiting) && !(before & kWoken)) WakeOneForLock(gone);
}

// Makes the writer that waits longest the next one without letting go, but lets
// the readers in that have come before. False if nobody is in the queue: the
// starving one was woken by an Unlock that had not seen kStarving yet, and will
// compete. Else *this lives until that writer is ready: it is in Lock.
bool RWMutex::HandOver() {
  SemaQueue& queue = SemaQueueFor(this);
  queue.mu.Lock();
  SemaWaiter* w = queue.Pop(this);
  if (w == nullptr) {
    state_.fetch_and(~kStarving, std::memory_order_relaxed);
    queue.mu.Unlock();
    return false;
  }
  bool last = !queue.HasWaiter(this);
  bool short_wait = host::NowNs() - w->since_ns < kStarvationNs;
  uint64_t state = state_.load(std::memory_order_relaxed);
  uint64_t next;
  do {
    next = (Claimed(state) & ~kWoken) ^ kPhase;
    if (last) next &= ~kWaiting;
    if (last || short_wait) next &= ~kStarving;
    // Release: for the readers. w gets what was before through Ready.
  } while (!state_.compare_exchange_weak(state, next, std::memory_order_release,
                                         std::memory_order_relaxed));
  w->handed = true;
  queue.mu.Unlock();
  if (Readers(state) > 0) WakeAll(ReadersKey());
  internal::WakeForLock(w);
  return true;
}

// A writer was there; the reader has counted itself (R2).
void RWMutex::RLockSlow(uint64_t before) {
  for (int spins = 0; internal::SpinBeforeSleep(&spins);) {
    // Acquire: pairs with the release in Unlock.
    uint64_t state = state_.load(std::memory_order_acquire);
    if ((state ^ before) & kPhase) return;
  }
  const void* key = ReadersKey();
  SemaQueue& queue = SemaQueueFor(key);
  SemaWaiter self = WaiterAt(key, WaitReason::kRWMutexRLock);
  for (;;) {
    queue.mu.Lock();
    // Acquire: pairs with the release in Unlock.
    uint64_t state = state_.load(std::memory_order_acquire);
    if ((state ^ before) & kPhase) break;
    queue.PushBack(&self);
    self.g->wait_lock = &owner_;
    internal::SemaPark(queue, WaitReason::kRWMutexRLock, this);
    self.g->wait_lock = nullptr;
  }
  queue.mu.Unlock();
}

// A writer waits, or the lock was not taken for reading. `before` was the word
// before the reader counted itself out.
void RWMutex::RUnlockSlow(uint64_t before) {
  if (Readers(before) == 0 || Departing(before) == 0) {
    host::Fatal("sync: RUnlock of unlocked RWMutex");
  }
  const void* key = DrainKey();
  // Release: as in RUnlock.
  before = state_.fetch_sub(kDeparting, std::memory_order_release);
  if (Departing(before) == 1) WakeOneForLock(key);
}

}  // namespace rt
