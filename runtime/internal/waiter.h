// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Waiter: one goroutine waiting at one channel; WaiterQueue: who came first.
//
// A Waiter lies on the stack of the goroutine that waits, so waiting allocates
// nothing. It is on at most one queue; the queue's lock is the channel's.
//
// A goroutine that waits at several channels at once has one Waiter for each,
// and all point to one `fired` word: whoever sets it first completes the
// goroutine's operation, and every other queue drops its Waiter.
//
// Invariant W1: a goroutine is made ready at most once for each wait.

#ifndef RUNTIME_INTERNAL_WAITER_H_
#define RUNTIME_INTERNAL_WAITER_H_

#include <atomic>
#include <cstdint>

#include "runtime/internal/g.h"

namespace rt::internal {

struct Waiter {
  G* g = nullptr;
  void* elem = nullptr;  // Where the value lies or has to be put.
  bool ok = false;       // A value was handed over (false: channel closed).
  std::atomic<uint32_t>* fired = nullptr;  // Null: waits at this queue only.

  Waiter* next = nullptr;
  Waiter* prev = nullptr;

  // True if the caller may complete this wait.
  bool TryFire() {
    if (fired == nullptr) return true;
    uint32_t expected = 0;
    // Acquire-release: the winner sees what losers of other waits saw, and the
    // goroutine sees on waking who won.
    return fired->compare_exchange_strong(expected, 1,
                                          std::memory_order_acq_rel);
  }
};

// First in, first out. Not synchronised.
class WaiterQueue {
 public:
  bool empty() const { return first_ == nullptr; }
  Waiter* First() const { return first_; }

  void Push(Waiter* w) {
    w->next = nullptr;
    w->prev = last_;
    (last_ != nullptr ? last_->next : first_) = w;
    last_ = w;
  }

  // `w` must be in this queue.
  void Remove(Waiter* w) {
    (w->prev != nullptr ? w->prev->next : first_) = w->next;
    (w->next != nullptr ? w->next->prev : last_) = w->prev;
    w->next = w->prev = nullptr;
  }

  // The longest-waiting goroutine whose wait the caller may complete; null if
  // there is none.
  Waiter* Pop() {
    while (Waiter* w = first_) {
      Remove(w);
      if (w->TryFire()) return w;
    }
    return nullptr;
  }

 private:
  Waiter* first_ = nullptr;
  Waiter* last_ = nullptr;
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_WAITER_H_
