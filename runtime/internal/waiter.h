// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Waiter: one goroutine waiting at one channel; WaiterQueue: who came first.
//
// A Waiter lies on the stack of the goroutine that waits, so waiting allocates
// nothing. It is on at most one queue; the queue's lock is the channel's.
//
// A goroutine that waits at several channels at once has one Waiter for each,
// and all point to one `fired` word: whoever sets it first completes the
// goroutine's operation. The other Waiters stay on their queues, to be dropped
// by whoever meets them there or removed by the goroutine when it wakes.
//
// Invariants:
//   W1  a goroutine is made ready at most once for each wait.
//   W2  a Waiter is gone as soon as its goroutine runs on. Until then nobody
//   but
//       the winner touches it without the lock of the channel it waits at.

#ifndef RUNTIME_INTERNAL_WAITER_H_
#define RUNTIME_INTERNAL_WAITER_H_

#include <atomic>

#include "runtime/internal/g.h"

namespace rt::internal {

struct Waiter {
  G* g = nullptr;
  void* elem = nullptr;  // Where the value lies or has to be put.
  bool ok = false;       // A value was handed over (false: channel closed).
  bool queued = false;   // Is on a queue.
  std::atomic<Waiter*>* fired = nullptr;  // Null: waits at this queue only.

  Waiter* next = nullptr;
  Waiter* prev = nullptr;

  // True if the caller may complete this wait.
  bool TryFire() {
    if (fired == nullptr) return true;
    Waiter* nobody = nullptr;
    // Relaxed: the channel's lock orders the waiter's fields, and what is
    // written for the goroutine reaches it through Ready.
    return fired->compare_exchange_strong(nobody, this,
                                          std::memory_order_relaxed);
  }
};

// First in, first out. Not synchronised, but for LooksEmpty.
class WaiterQueue {
 public:
  bool empty() const { return First() == nullptr; }
  Waiter* First() const { return first_.load(std::memory_order_relaxed); }

  // Whether there was nobody at the moment of the call. From any thread.
  bool LooksEmpty() const {
    return first_.load(std::memory_order_acquire) == nullptr;
  }

  void Push(Waiter* w) {
    w->next = nullptr;
    w->prev = last_;
    w->queued = true;
    if (last_ != nullptr) {
      last_->next = w;
    } else {
      SetFirst(w);
    }
    last_ = w;
  }

  // `w` must be in this queue.
  void Remove(Waiter* w) {
    if (w->prev != nullptr) {
      w->prev->next = w->next;
    } else {
      SetFirst(w->next);
    }
    (w->next != nullptr ? w->next->prev : last_) = w->prev;
    w->next = w->prev = nullptr;
    w->queued = false;
  }

  // The longest-waiting goroutine whose wait the caller may complete; null if
  // there is none.
  Waiter* Pop() {
    while (Waiter* w = First()) {
      Remove(w);
      if (w->TryFire()) return w;
    }
    return nullptr;
  }

 private:
  // Release: who looks without the lock and finds somebody gone also finds what
  // was done before; see ChanCore::Close.
  void SetFirst(Waiter* w) { first_.store(w, std::memory_order_release); }

  std::atomic<Waiter*> first_{nullptr};
  Waiter* last_ = nullptr;
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_WAITER_H_
