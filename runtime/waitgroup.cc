// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Go's messages, and Go's tests for misuse (sync/waitgroup.go). Unlike there,
// the waiters sleep in a queue outside the object (sema.h) and mark themselves
// under its lock, so the last Done is through with the object when it wakes
// them.

#include "runtime/waitgroup.h"

#include <cstdint>

#include "runtime/internal/host.h"
#include "runtime/internal/sema.h"
#include "runtime/panic.h"

namespace rt {
namespace {

using internal::SemaQueue;
using internal::SemaQueueFor;
using internal::SemaWaiter;
namespace host = internal::host;

constexpr uint64_t kSomebodyWaits = 1;

}  // namespace

// `state` is the word after the addition: somebody waits, or the counter is
// negative.
void WaitGroup::AddSlow(uint64_t state, int delta) {
  if (Count(state) < 0) throw Panic("sync: negative WaitGroup counter");
  if (Waiters(state) == 0) return;
  if (delta > 0 && Count(state) == delta) {
    throw Panic("sync: WaitGroup misuse: Add called concurrently with Wait");
  }
  if (Count(state) > 0) return;
  // The counter has come to 0: release everybody. They are still inside Wait,
  // so *this lives until they are ready.
  SemaQueue& queue = SemaQueueFor(this);
  queue.mu.Lock();
  // Release: pairs with the load in Wait that finds the counter at 0.
  bool unchanged = state_.compare_exchange_strong(
      state, 0, std::memory_order_release, std::memory_order_relaxed);
  SemaWaiter* w = unchanged ? queue.PopAll(this) : nullptr;
  queue.mu.Unlock();
  if (!unchanged) {
    throw Panic("sync: WaitGroup misuse: Add called concurrently with Wait");
  }
  while (w != nullptr) {
    SemaWaiter* next = w->next;  // *w is gone once its goroutine is ready.
    w->handed = true;
    host::Ready(w->g);
    w = next;
  }
}

void WaitGroup::WaitSlow() {
  SemaWaiter self =
      internal::WaiterAt(this, internal::WaitReason::kWaitGroupWait);
  SemaQueue& queue = SemaQueueFor(this);
  // Again if somebody who does not mean us wakes us (sema.h).
  while (!self.handed) {
    queue.mu.Lock();
    uint64_t state = state_.load(std::memory_order_acquire);
    do {
      if (Count(state) == 0) {
        queue.mu.Unlock();
        return;
      }
      // Acquire, for the failure: the counter may have come to 0.
    } while (!state_.compare_exchange_weak(state, state | kSomebodyWaits,
                                           std::memory_order_acquire));
    queue.PushBack(&self);
    internal::SemaPark(queue, internal::WaitReason::kWaitGroupWait, this);
  }
  if (state_.load(std::memory_order_acquire) != 0) {
    throw Panic("sync: WaitGroup is reused before previous Wait has returned");
  }
}

}  // namespace rt
