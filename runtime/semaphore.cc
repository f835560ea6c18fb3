// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The rules are those of golang.org/x/sync/semaphore (semaphore.go). Unlike
// there, those who get tokens are woken when the lock is free again: whoever
// got the last ones may destroy the semaphore, and with it the lock.

#include "runtime/semaphore.h"

#include <cstdint>
#include <iterator>

#include "absl/status/status.h"
#include "runtime/internal/host.h"
#include "runtime/panic.h"
#include "runtime/select.h"

namespace rt::semaphore {
namespace {

constexpr internal::host::Purpose kTokens = {
    "tokens of a semaphore that nobody gives back",
    "one Release for each Acquire, on every path, of as many tokens; and who "
    "has some does not wait for more"};

void CheckWeight(int64_t n) {
  if (n < 0) throw Panic("semaphore: negative weight");
}

}  // namespace

bool Weighted::Take(int64_t n) {
  if (!waiters_.empty() || n > size_ - taken_) return false;
  taken_ += n;
  return true;
}

absl::Status Weighted::Acquire(const Context& ctx, int64_t n) {
  CheckWeight(n);
  mu_.Lock();
  // First: who is cancelled gets nothing, though it may be there.
  if (absl::Status error = ctx.Err(); !error.ok()) {
    mu_.Unlock();
    return error;
  }
  if (Take(n)) {
    mu_.Unlock();
    return absl::OkStatus();
  }
  internal::host::WaitsFor waits_for(&kTokens);
  if (n > size_) {
    mu_.Unlock();
    ctx.Done().Recv();
    return ctx.Err();
  }
  Waiter self{n, MakeChan<bool>(), {}};
  self.at = waiters_.insert(waiters_.end(), &self);
  mu_.Unlock();
  if (Select(OnRecv(self.ready), OnRecv(ctx.Done())) == 1) {
    return GiveUp(ctx, &self);
  }
  absl::Status error = ctx.Err();
  if (!error.ok()) Release(n);
  return error;
}

// ctx is done before the caller has seen that it has its tokens.
absl::Status Weighted::GiveUp(const Context& ctx, Waiter* self) {
  mu_.Lock();
  if (self->granted) {
    taken_ -= self->n;
  } else {
    waiters_.erase(self->at);
  }
  // There may be enough for who stood behind it.
  Granted granted = Grant();
  mu_.Unlock();
  Wake(granted);
  return ctx.Err();
}

void Weighted::Acquire(int64_t n) { Acquire(Background(), n).IgnoreError(); }

bool Weighted::TryAcquire(int64_t n) {
  CheckWeight(n);
  mu_.Lock();
  bool taken = Take(n);
  mu_.Unlock();
  return taken;
}

void Weighted::Release(int64_t n) {
  CheckWeight(n);
  mu_.Lock();
  if (n > taken_) {
    mu_.Unlock();
    throw Panic("semaphore: released more than held");
  }
  taken_ -= n;
  Granted granted = Grant();
  mu_.Unlock();
  Wake(granted);
}

Weighted::Granted Weighted::Grant() {
  Granted granted;
  while (!waiters_.empty() && waiters_.front()->n <= size_ - taken_) {
    Waiter* w = waiters_.front();
    waiters_.pop_front();
    taken_ += w->n;
    w->granted = true;
    granted.push_back(w->ready);
  }
  return granted;
}

void Weighted::Wake(const Granted& granted) {
  for (const Chan<bool>& ready : granted) ready.Close();
}

}  // namespace rt::semaphore
