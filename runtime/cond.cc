// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Two steps lie between being on the list and being asleep: the lock is given
// back, and that is another primitive's business, which may itself wake
// somebody. A Signal may come in between. It then finds a waiter that has not
// parked: it notes so under mu_, and the waiter, which looks under mu_ before
// it parks, does not. (Go's notifyList hands out tickets for the same reason,
// runtime/sema.go.)

#include "runtime/cond.h"

#include "runtime/internal/host.h"

namespace rt {
namespace {

namespace host = internal::host;
using host::Op;
using host::OpKind;

bool UnlockAfterPark(internal::G*, void* mu) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  static_cast<internal::RawMutex*>(mu)->Unlock();
  return true;
}

}  // namespace

// Not analysed: the commit callback unlocks.
void Cond::Wait() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  Waiter self;
  self.g = host::MustBeG(internal::WaitReason::kCondWait);
  {
    Op op(OpKind::kCondWait, this);
    internal::RawLock lock(mu_);
    // Relaxed: whoever must see it has the lock after us, or takes mu_.
    if (first_.load(std::memory_order_relaxed) == nullptr) {
      first_.store(&self, std::memory_order_relaxed);
    } else {
      last_->next = &self;
    }
    last_ = &self;
  }
  lock_.unlock(lock_.object);
  mu_.Lock();
  if (self.notified) {
    mu_.Unlock();
  } else {
    self.parked = true;
    host::Park(internal::WaitReason::kCondWait, this, UnlockAfterPark, &mu_);
  }
  host::Acquire(&self);
  lock_.lock(lock_.object);
}

void Cond::Signal() {
  Op op(OpKind::kCondSignal, this);
  if (first_.load(std::memory_order_relaxed) == nullptr) return;
  internal::G* wake = nullptr;
  {
    internal::RawLock lock(mu_);
    Waiter* w = first_.load(std::memory_order_relaxed);
    if (w == nullptr) return;
    first_.store(w->next, std::memory_order_relaxed);
    host::Release(w);
    if (w->parked) wake = w->g;
    w->notified = true;
    // One that had not parked may be gone as soon as mu_ is free.
  }
  if (wake != nullptr) host::Ready(wake);
}

void Cond::Broadcast() {
  Op op(OpKind::kCondBroadcast, this);
  if (first_.load(std::memory_order_relaxed) == nullptr) return;
  Waiter* parked = nullptr;
  {
    internal::RawLock lock(mu_);
    Waiter** end = &parked;
    for (Waiter* w = first_.load(std::memory_order_relaxed); w != nullptr;
         w = w->next) {
      host::Release(w);
      w->notified = true;
      if (w->parked) {
        *end = w;
        end = &w->next;
      }
    }
    *end = nullptr;
    first_.store(nullptr, std::memory_order_relaxed);
  }
  while (parked != nullptr) {
    Waiter* next = parked->next;  // *parked is gone once its goroutine is ready
    host::Ready(parked->g);
    parked = next;
  }
}

}  // namespace rt
