// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The rule of fairness is that of Go's sync.Mutex (internal/sync/mutex.go); the
// queue is a parking lot (sema.h), as in WebKit's WTF::ParkingLot, so that the
// unlocking goroutine is done with the object when it is unlocked.
//
// No wake-up is lost: a waiter counts itself in the word, then looks at kLocked
// again under the queue's lock before it sleeps. An Unlock that came before the
// count has cleared kLocked for the waiter to see; one that came after sees the
// count, and the queue's lock makes it find the waiter or lets the waiter find
// the mutex free. The waiter clears kWoken in the same step, so an Unlock after
// it cannot believe that somebody else is awake.

#include "runtime/mutex.h"

#include <cstdint>

#include "runtime/internal/host.h"
#include "runtime/internal/sema.h"

namespace rt {
namespace {

using internal::SemaQueue;
using internal::SemaQueueFor;
using internal::SemaWaiter;
using internal::WakeOneForLock;
namespace host = internal::host;

// A goroutine that has been woken, was overtaken, and has waited for longer
// than this gets the lock handed over. Go's value: long enough for a batch of
// short critical sections, short enough not to be felt.
constexpr int64_t kStarvationNs = 1'000'000;

}  // namespace

void Mutex::LockSlow() {
  SemaQueue& queue = SemaQueueFor(this);
  SemaWaiter self = internal::WaiterAt(this, internal::WaitReason::kMutexLock);
  if (TakeSpinning()) return;
  state_.fetch_add(kWaiter, std::memory_order_relaxed);
  for (bool overtaken = false;; overtaken = true) {
    queue.mu.Lock();
    uint32_t state = state_.fetch_and(~kWoken, std::memory_order_relaxed);
    if (state & kLocked) {
      if (!overtaken) {
        self.since_ns = host::NowNs();
        queue.PushBack(&self);
      } else {
        if (host::NowNs() - self.since_ns > kStarvationNs) {
          state_.fetch_or(kStarving, std::memory_order_relaxed);
        }
        queue.PushFront(&self);
      }
      self.g->wait_lock = &owner_;
      internal::SemaPark(queue, internal::WaitReason::kMutexLock, this);
      self.g->wait_lock = nullptr;
      if (self.handed) return;  // HandOver took us out of the count, too.
    } else {
      queue.mu.Unlock();
    }
    int spins = 0;
    do {
      state = state_.load(std::memory_order_relaxed);
      while (!(state & kLocked)) {
        // Acquire: pairs with the release in Unlock.
        if (state_.compare_exchange_weak(
                state, ((state | kLocked) - kWaiter) & ~kWoken,
                std::memory_order_acquire, std::memory_order_relaxed)) {
          return;
        }
      }
    } while (!(state & kStarving) && internal::SpinBeforeSleep(&spins));
  }
}

// Waits a moment for the lock, without being counted. True if that helped.
bool Mutex::TakeSpinning() {
  bool woken = false;  // By us: we are awake, Unlock need not wake another.
  for (int spins = 0; internal::SpinBeforeSleep(&spins);) {
    uint32_t state = state_.load(std::memory_order_relaxed);
    if (state & kStarving) break;
    if (!(state & kLocked)) {
      // Acquire: pairs with the release in Unlock.
      if (state_.compare_exchange_strong(
              state, (state | kLocked) & ~(woken ? kWoken : 0),
              std::memory_order_acquire, std::memory_order_relaxed)) {
        return true;
      }
    } else if (state >= kWaiter && !(state & kWoken)) {
      woken = state_.compare_exchange_strong(state, state | kWoken,
                                             std::memory_order_relaxed) ||
              woken;
    }
  }
  // The caller goes on as one who is awake, and clears kWoken in its time.
  return false;
}

// The word is not just kLocked, or not locked at all.
void Mutex::UnlockSlow() {
  uint32_t state = state_.load(std::memory_order_relaxed);
  for (;;) {
    if (!(state & kLocked)) host::Fatal("sync: unlock of unlocked mutex");
    if (state & kStarving) {
      HandOver();
      return;
    }
    bool wake = state >= kWaiter && !(state & kWoken);
    uint32_t free = (state - kLocked) | (wake ? kWoken : 0);
    const void* key = this;
    // Release: pairs with whoever takes the lock next. The key is all that is
    // used of *this afterwards.
    if (state_.compare_exchange_weak(state, free, std::memory_order_release,
                                     std::memory_order_relaxed)) {
      if (wake) WakeOneForLock(key);
      return;
    }
  }
}

// What Unlock found when it had already let go: goroutines that came between
// its look at the word and its release, or a misuse.
void Mutex::AfterUnlock(const void* key, uint32_t before) {
  if (!(before & kLocked)) host::Fatal("sync: unlock of unlocked mutex");
  if (before >= kWaiter && !(before & kWoken)) WakeOneForLock(key);
}

// Gives the locked mutex to the goroutine that waits longest; it stays locked
// all the while, so nobody can come between. *this lives until that goroutine
// is ready, since it is still inside Lock.
void Mutex::HandOver() {
  SemaQueue& queue = SemaQueueFor(this);
  queue.mu.Lock();
  SemaWaiter* w = queue.Pop(this);
  if (w == nullptr) {
    // The starving one was woken by an Unlock that had not seen kStarving yet.
    // It is awake and will compete. Release: as in Unlock.
    state_.fetch_and(~(kStarving | kLocked), std::memory_order_release);
    queue.mu.Unlock();
    return;
  }
  bool last = state_.load(std::memory_order_relaxed) / kWaiter == 1;
  bool short_wait = host::NowNs() - w->since_ns < kStarvationNs;
  // Relaxed: w gets what happened before through Ready. Only the holder clears
  // kStarving, and others only set it, so subtracting it is exact.
  state_.fetch_sub(kWaiter + (last || short_wait ? kStarving : 0),
                   std::memory_order_relaxed);
  w->handed = true;
  queue.mu.Unlock();
  internal::WakeForLock(w);
}

}  // namespace rt
