// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Go's Once is a flag and a Mutex. Here it is one word, so that it is not
// touched any more once it says that it is done: somebody may have seen that,
// and destroyed it. Who waits, waits in the queue for its address (sema.h),
// having said so in the word under the queue's lock.

#include "runtime/once.h"

#include "runtime/internal/g.h"
#include "runtime/internal/sema.h"

namespace rt {
namespace {

using internal::SemaQueue;
using internal::SemaQueueFor;
using internal::SemaWaiter;
namespace host = internal::host;

}  // namespace

bool Once::BeginSlow() {
  uint32_t state = kNew;
  if (state_.compare_exchange_strong(state, kRunning,
                                     std::memory_order_acquire)) {
    owner_.Set();
    return true;
  }
  SemaQueue& queue = SemaQueueFor(this);
  while (state != kDone) {
    SemaWaiter self = internal::WaiterAt(this, internal::WaitReason::kOnceDo);
    queue.mu.Lock();
    state = kRunning;
    // Acquire, for the failure: it may be done.
    state_.compare_exchange_strong(state, kAwaited, std::memory_order_acquire);
    if (state == kDone) {
      queue.mu.Unlock();
      return false;
    }
    queue.PushBack(&self);
    self.g->wait_lock = &owner_;
    internal::SemaPark(queue, internal::WaitReason::kOnceDo, this);
    self.g->wait_lock = nullptr;
    state = state_.load(std::memory_order_acquire);
  }
  return false;
}

void Once::End() {
  host::Op op(host::OpKind::kOnceDone, this);
  host::Release(this);
  owner_.Clear();
  const void* key = this;
  // Release: pairs with the loads in Begin. *this may be gone after this line.
  if (state_.exchange(kDone, std::memory_order_release) != kAwaited) return;
  SemaQueue& queue = SemaQueueFor(key);
  queue.mu.Lock();
  SemaWaiter* w = queue.PopAll(key);
  queue.mu.Unlock();
  while (w != nullptr) {
    SemaWaiter* next = w->next;  // *w is gone once its goroutine is ready.
    host::Ready(w->g);
    w = next;
  }
}

}  // namespace rt
