// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Time: Sleep, Now, and channels on which the time comes.
//
//   rt::Select(rt::OnRecv(answer, Use),
//              rt::OnRecv(rt::After(absl::Seconds(1)), GiveUp));
//
//   rt::Ticker ticker = rt::NewTicker(absl::Milliseconds(10));
//   for (absl::Time t : ticker.C()) Refresh(t);
//
// Under the explorer the clock is virtual: nothing waits, and a sleep takes
// exactly as long as it says. So take the time from here, not from absl::Now or
// std::chrono, where it matters.
//
// Timer and Ticker are handles: copies share the timer, and so does the channel
// that it sends to. When the last of them is gone, the timer is stopped and its
// memory given back: an After that lost its Select costs nothing any more.
//
// Threads:   Sleep from a goroutine; the others from any goroutine, and from
//            any thread while rt::Run runs.
// Blocks:    Sleep the goroutine, and nothing else; the others never.
// Ordering:  the call that sets a timer happens before what it causes: the
//            receive of its tick, or the call of its function.
// Durations: of 0 or less are over at once. absl::InfiniteDuration() lasts for
//            292 years. The clock's unit is the nanosecond; what is late is so
//            by the scheduler's and the kernel's doing, never early.
// Failure:   Panic where Go panics: see each function. Setting a timer outside
//            of rt::Run is fatal, as is an AfterFunc of no function.

#ifndef RUNTIME_TIME_H_
#define RUNTIME_TIME_H_

#include <type_traits>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "runtime/chan.h"
#include "runtime/go.h"
#include "runtime/internal/time_chan.h"

namespace rt {

// Blocks the calling goroutine for at least `d`; if that is 0 or less it only
// lets others run.
void Sleep(absl::Duration d);

// The time now. Differences between two calls are not disturbed when somebody
// sets the computer's clock.
absl::Time Now();

// How long ago t was, and how far away it is.
inline absl::Duration Since(absl::Time t) { return Now() - t; }
inline absl::Duration Until(absl::Time t) { return t - Now(); }

// One tick, or one call, after a while.
class Timer {
 public:
  // No timer: C is the nil channel, Stop and Reset panic.
  Timer() = default;

  // Gets the time when the timer's time has come. It looks unbuffered, though
  // the tick waits there for whoever comes later. The nil channel for a timer
  // of AfterFunc.
  const RecvChan<absl::Time>& C() const { return c_; }

  // Stops the timer. True if that kept its tick from being received, or its
  // function from being called. After it no tick comes, not even one that was
  // waiting in the channel; but a function may be running already.
  bool Stop() const;

  // Sets the timer again, to `d` from now, whether or not it was running.
  // Returns what Stop would have returned. No earlier tick comes any more.
  bool Reset(absl::Duration d) const;

 private:
  friend Timer NewTimer(absl::Duration d);
  friend Timer internal::StartFuncTimer(absl::Duration d,
                                        absl::AnyInvocable<void()> f);

  RecvChan<absl::Time> c_;
  internal::TimeChan* chan_ = nullptr;  // c_'s owner, which lives as long.
  internal::FuncTimerRef func_;         // Instead, for AfterFunc.
};

[[nodiscard]] Timer NewTimer(absl::Duration d);

// NewTimer(d).C(), for one use.
[[nodiscard]] inline RecvChan<absl::Time> After(absl::Duration d) {
  return NewTimer(d).C();
}

// Calls f, in a goroutine of its own, once `d` has passed. Stop on what it
// returns keeps it from that, and does not wait for it; Reset sets it again,
// and if f is still running then it runs twice at a time. f is kept until it
// has been called and no handle is left. Nobody need keep a handle.
template <typename F>
requires internal::CalledAgain<F>
[[gnu::always_inline]] inline Timer AfterFunc(absl::Duration d, F&& f) {
  internal::MustNotBeNil(f);
  return internal::StartFuncTimer(
      d, [f = std::decay_t<F>(std::forward<F>(f))]() mutable {
        static_cast<void>(f());
      });
}

// A tick again and again. Who is too slow for it misses ticks: no more than one
// waits, and the next one still comes in its time.
class Ticker {
 public:
  // No ticker: C is the nil channel, Stop does nothing, Reset panics.
  Ticker() = default;

  // As Timer's. It is never closed.
  const RecvChan<absl::Time>& C() const { return c_; }

  // No tick comes after it, nor is one left in the channel.
  void Stop() const;

  // Begins anew, with a period of `d`. Panics if d <= 0.
  void Reset(absl::Duration d) const;

 private:
  friend Ticker NewTicker(absl::Duration d);

  RecvChan<absl::Time> c_;
  internal::TimeChan* chan_ = nullptr;
};

// Panics if d <= 0.
[[nodiscard]] Ticker NewTicker(absl::Duration d);

// NewTicker(d).C(); the nil channel if d <= 0.
[[nodiscard]] RecvChan<absl::Time> Tick(absl::Duration d);

}  // namespace rt

#endif  // RUNTIME_TIME_H_
