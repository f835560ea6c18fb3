// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What is behind rt::Timer and rt::Ticker: a host timer that sends, and one
// that starts a goroutine.
//
// Locks: mu_ makes calls of Stop and Reset follow each other; the timer's own
//        call does not take it, so they may wait for that call with it held.

#ifndef RUNTIME_INTERNAL_TIME_CHAN_H_
#define RUNTIME_INTERNAL_TIME_CHAN_H_

#include <atomic>
#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "runtime/internal/chan_core.h"
#include "runtime/internal/raw_mutex.h"
#include "runtime/internal/timer.h"

namespace rt {

class Timer;

namespace internal {

// The host's time, as the program's.
absl::Time TimeOf(int64_t host_ns);

// The host's time after `d`. A duration saturates, and so does the sum.
int64_t HostTimeAfter(absl::Duration d);

// Sends the time to a channel. It belongs to the channel and goes with it.
class TimeChan : private Timer, private ChanOwner {
 public:
  // Set to `d` from now, then every period_ns if that is not 0. The channel,
  // core(), comes with one handle.
  static TimeChan* New(absl::Duration d, int64_t period_ns);

  ChanCore* core() const { return core_; }

  // As rt::Timer's.
  bool Stop();
  bool Reset(absl::Duration d, int64_t period_ns);

 private:
  TimeChan();

  static void Send(Timer* timer, int64_t now_ns);
  static bool IsIdle(const Timer* timer);
  static ChanCore* Abandoned(ChanOwner* owner);
  // True if there is a tick that the program will not see now.
  bool StopLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  ChanCore* const core_;
  RawMutex mu_{LockRank::kTimeChan};
};

// Calls a function in a goroutine of its own. Counted: by handles, by being
// set, and by the goroutines that call.
class FuncTimer : private Timer {
 public:
  // With one handle.
  static FuncTimer* New(absl::Duration d, absl::AnyInvocable<void()> f,
                        const void* created_by_pc);

  bool Stop();
  bool Reset(absl::Duration d);

  void AddRef() { refs_.fetch_add(1, std::memory_order_relaxed); }
  void Unref();

 private:
  FuncTimer(absl::AnyInvocable<void()> f, const void* created_by_pc)
      : Timer(&Call), f_(std::move(f)), created_by_pc_(created_by_pc) {}

  static void Call(Timer* timer, int64_t now_ns);

  absl::AnyInvocable<void()> f_;
  const void* const created_by_pc_;  // The call of AfterFunc.
  std::atomic<int64_t> refs_{1};
  RawMutex mu_{LockRank::kTimeChan};
};

class FuncTimerRef {
 public:
  FuncTimerRef() = default;
  explicit FuncTimerRef(FuncTimer* adopted) : timer_(adopted) {}
  FuncTimerRef(const FuncTimerRef& other) : timer_(other.timer_) {
    if (timer_ != nullptr) timer_->AddRef();
  }
  FuncTimerRef(FuncTimerRef&& other) noexcept
      : timer_(std::exchange(other.timer_, nullptr)) {}
  FuncTimerRef& operator=(FuncTimerRef other) noexcept {
    std::swap(timer_, other.timer_);
    return *this;
  }
  ~FuncTimerRef() {
    if (timer_ != nullptr) timer_->Unref();
  }
  FuncTimer* get() const { return timer_; }

 private:
  FuncTimer* timer_ = nullptr;
};

// Can be called, and called again.
template <typename F>
concept CalledAgain = std::invocable < std::decay_t<F>
& > ;

// Not inlined, so that its return address is in the caller of AfterFunc.
[[gnu::noinline]] rt::Timer StartFuncTimer(absl::Duration d,
                                           absl::AnyInvocable<void()> f);

}  // namespace internal
}  // namespace rt

#endif  // RUNTIME_INTERNAL_TIME_CHAN_H_
