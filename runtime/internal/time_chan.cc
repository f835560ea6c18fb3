// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/time_chan.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "runtime/internal/host.h"

namespace rt::internal {
namespace {

using host::OpKind;

// What a channel must know of absl::Time.
constexpr ElementOps kTimeOps = {
    sizeof(absl::Time),
    alignof(absl::Time),
    [](void* to, void* from) {
      std::construct_at(static_cast<absl::Time*>(to),
                        *static_cast<absl::Time*>(from));
    },
    [](void*) {},
};

}  // namespace

absl::Time TimeOf(int64_t host_ns) {
  return absl::FromUnixNanos(host::StartUnixNs()) + absl::Nanoseconds(host_ns);
}

int64_t HostTimeAfter(absl::Duration d) {
  int64_t now_ns = host::NowNs();
  int64_t ns = std::max<int64_t>(absl::ToInt64Nanoseconds(d), 0);
  return now_ns + std::min(ns, std::numeric_limits<int64_t>::max() - now_ns);
}

TimeChan::TimeChan()
    : Timer(&Send, &IsIdle),
      ChanOwner{&Abandoned},
      core_(ChanCore::New(&kTimeOps, 1, this)) {
  object = core_;
}

TimeChan* TimeChan::New(absl::Duration d, int64_t period_ns) {
  auto* chan = new TimeChan;
  host::StartTimer(chan, HostTimeAfter(d), period_ns);
  return chan;
}

// A tick that finds one waiting is dropped.
void TimeChan::Send(Timer* timer, int64_t now_ns) {
  absl::Time now = TimeOf(now_ns);
  ChanCore::Offer(static_cast<TimeChan*>(timer)->core_, &now);
}

bool TimeChan::IsIdle(const Timer* timer) {
  return !ChanCore::IsAwaited(static_cast<const TimeChan*>(timer)->core_);
}

ChanCore* TimeChan::Abandoned(ChanOwner* owner) {
  auto* self = static_cast<TimeChan*>(owner);
  host::StopTimer(self);
  delete self;
  return nullptr;
}

bool TimeChan::StopLocked() {
  bool was_set = host::StopTimer(this);
  absl::Time stale;
  return ChanCore::Take(core_, &stale) || was_set;
}

bool TimeChan::Stop() {
  host::Op op(OpKind::kTimerStop, core_);
  RawLock lock(mu_);
  return StopLocked();
}

bool TimeChan::Reset(absl::Duration d, int64_t period_ns) {
  host::Op op(OpKind::kTimerReset, core_);
  RawLock lock(mu_);
  bool was_set = StopLocked();
  host::StartTimer(this, HostTimeAfter(d), period_ns);
  return was_set;
}

FuncTimer* FuncTimer::New(absl::Duration d, absl::AnyInvocable<void()> f,
                          const void* created_by_pc) {
  auto* timer = new FuncTimer(std::move(f), created_by_pc);
  timer->AddRef();
  host::StartTimer(timer, HostTimeAfter(d), 0);
  return timer;
}

// The reference of the timer that was set goes to the goroutine.
void FuncTimer::Call(Timer* timer, int64_t /*now_ns*/) {
  auto* self = static_cast<FuncTimer*>(timer);
  host::Spawn([ref = FuncTimerRef(self)] { ref.get()->f_(); },
              self->created_by_pc_);
}

bool FuncTimer::Stop() {
  host::Op op(OpKind::kTimerStop, object);
  mu_.Lock();
  bool was_set = host::StopTimer(this);
  mu_.Unlock();
  if (was_set) Unref();  // Never the last one: the caller has a handle.
  return was_set;
}

bool FuncTimer::Reset(absl::Duration d) {
  host::Op op(OpKind::kTimerReset, object);
  RawLock lock(mu_);
  bool was_set = host::StopTimer(this);
  if (!was_set) AddRef();
  host::StartTimer(this, HostTimeAfter(d), 0);
  return was_set;
}

void FuncTimer::Unref() {
  host::Release(&refs_);
  // Release: what this reference's owner did comes before the destruction;
  // acquire: the destroyer sees it.
  if (refs_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  host::Acquire(&refs_);
  // It is not set, but its call may not be over.
  host::StopTimer(this);
  delete this;
}

}  // namespace rt::internal
