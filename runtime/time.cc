// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/time.h"

#include <cstdint>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "runtime/chan.h"
#include "runtime/internal/host.h"
#include "runtime/internal/time_chan.h"
#include "runtime/panic.h"

namespace rt {
namespace {

// At least one nanosecond: a shorter period is one all the same.
int64_t PeriodNs(absl::Duration d) {
  int64_t ns = absl::ToInt64Nanoseconds(d);
  return ns > 0 ? ns : 1;
}

}  // namespace

// ToInt64Nanoseconds saturates: an infinite sleep lasts for 292 years.
void Sleep(absl::Duration d) {
  internal::host::SleepNs(absl::ToInt64Nanoseconds(d));
}

absl::Time Now() { return internal::TimeOf(internal::host::NowNs()); }

bool Timer::Stop() const {
  if (chan_ != nullptr) return chan_->Stop();
  if (func_.get() != nullptr) return func_.get()->Stop();
  throw Panic("time: Stop called on uninitialized Timer");
}

bool Timer::Reset(absl::Duration d) const {
  if (chan_ != nullptr) return chan_->Reset(d, 0);
  if (func_.get() != nullptr) return func_.get()->Reset(d);
  throw Panic("time: Reset called on uninitialized Timer");
}

Timer NewTimer(absl::Duration d) {
  Timer timer;
  timer.chan_ = internal::TimeChan::New(d, 0);
  timer.c_ = RecvChan<absl::Time>(timer.chan_->core());
  return timer;
}

Timer internal::StartFuncTimer(absl::Duration d, absl::AnyInvocable<void()> f) {
  rt::Timer timer;
  timer.func_ = FuncTimerRef(
      FuncTimer::New(d, std::move(f), __builtin_return_address(0)));
  return timer;
}

void Ticker::Stop() const {
  if (chan_ != nullptr) chan_->Stop();
}

void Ticker::Reset(absl::Duration d) const {
  if (d <= absl::ZeroDuration()) {
    throw Panic("non-positive interval for Ticker.Reset");
  }
  if (chan_ == nullptr) {
    throw Panic("time: Reset called on uninitialized Ticker");
  }
  chan_->Reset(d, PeriodNs(d));
}

Ticker NewTicker(absl::Duration d) {
  if (d <= absl::ZeroDuration()) {
    throw Panic("non-positive interval for NewTicker");
  }
  Ticker ticker;
  ticker.chan_ = internal::TimeChan::New(d, PeriodNs(d));
  ticker.c_ = RecvChan<absl::Time>(ticker.chan_->core());
  return ticker;
}

RecvChan<absl::Time> Tick(absl::Duration d) {
  if (d <= absl::ZeroDuration()) return {};
  return NewTicker(d).C();
}

}  // namespace rt
