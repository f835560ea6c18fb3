// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// rate::Limiter: so many events a second, and not too many at once. As Go's
// golang.org/x/time/rate.
//
//   rt::rate::Limiter limiter(rt::rate::Every(absl::Milliseconds(100)), 5);
//   absl::Status error = limiter.Wait(ctx);            // until it is our turn
//   if (limiter.Allow()) Log(message);                 // or else leave it out
//
// A token bucket: it holds at most `burst` tokens, is full at the beginning,
// and gets `limit` tokens a second. An event takes one. If there is none,
//
//   Allow     says no;
//   Wait      takes the next one that will come, and waits for it;
//   Reserve   takes it, too, and tells how long to wait: for who has something
//             else to do meanwhile, or may want to give it back.
//
// The ...N methods are for n events that happen together; at most `burst` can.
// Time:      what takes an absl::Time t acts as if it were t; the others take
//            rt::Now(). Times of successive calls should not go back much: what
//            is earned twice then is spent twice.
// Threads:   every method from any goroutine at once. A Reservation is used by
//            one at a time.
// Blocks:    Wait, the goroutine only; the others never.
// Ordering:  none between an event and those before it.
// Failure:   Panic if n < 0.
// Lifetime:  destroy it after the last call, and the last call of its
//            Reservations. Not copyable.

#ifndef RUNTIME_RATE_H_
#define RUNTIME_RATE_H_

#include <limits>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "runtime/context.h"
#include "runtime/mutex.h"

namespace rt::rate {

// Events per second. 0 or less: none, once the first burst is used up.
using Limit = double;

// Allows everything, whatever the burst.
inline constexpr Limit kInf = std::numeric_limits<Limit>::infinity();

// One event in each interval; kInf if that is 0 or less.
Limit Every(absl::Duration interval);

class Limiter;

// Tokens that are taken for later. Can be moved only: a copy could give them
// back a second time.
class [[nodiscard]] Reservation {
 public:
  Reservation(Reservation&& other) noexcept
      : limiter_(std::exchange(other.limiter_, nullptr)),
        n_(other.n_),
        time_to_act_(other.time_to_act_),
        limit_(other.limit_) {}
  Reservation& operator=(Reservation&& other) noexcept {
    limiter_ = std::exchange(other.limiter_, nullptr);
    n_ = other.n_;
    time_to_act_ = other.time_to_act_;
    limit_ = other.limit_;
    return *this;
  }

  // OK: false if so many events cannot happen together; then nothing is taken.
  bool OK() const { return limiter_ != nullptr; }

  // Delay: how long to wait from now, or t, on; absl::InfiniteDuration() if not
  // OK.
  absl::Duration Delay() const;
  absl::Duration DelayFrom(absl::Time t) const;

  // Cancel: there will be no event. Gives back what that can do for others:
  // tokens that were reserved later are still spent, and it does nothing when
  // the time has come, or if it is called again.
  void Cancel();
  void CancelAt(absl::Time t);

 private:
  friend class Limiter;
  Reservation() = default;

  Limiter* limiter_ = nullptr;  // Null: not OK.
  int n_ = 0;                   // To be given back.
  absl::Time time_to_act_;
  Limit limit_ = 0;  // When it was made.
};

class Limiter {
 public:
  Limiter(rate::Limit limit, int burst)
      : limit_(limit), burst_(burst), tokens_(burst) {}
  Limiter(const Limiter&) = delete;
  Limiter& operator=(const Limiter&) = delete;

  // Allow: whether an event may happen now; if so, takes a token.
  [[nodiscard]] bool Allow();
  [[nodiscard]] bool AllowN(absl::Time t, int n);

  // Reserve: takes a token now or in the future, and tells when.
  Reservation Reserve();
  Reservation ReserveN(absl::Time t, int n);

  // Wait: returns when the event may happen. Else, and then no token is taken:
  //   ctx.Err()           if ctx is done before that, or was;
  //   kDeadlineExceeded   at once, if it could not be before ctx's deadline;
  //   kInvalidArgument    if n > Burst().
  [[nodiscard]] absl::Status Wait(const Context& ctx);
  [[nodiscard]] absl::Status WaitN(const Context& ctx, int n);

  rate::Limit Limit() const;
  int Burst() const;

  // Tokens: how many there are; less than 0 if some are reserved that are not
  // there yet.
  double Tokens() const;
  double TokensAt(absl::Time t) const;

  // SetLimit, SetBurst: from now, or t, on. What is reserved keeps its time.
  void SetLimit(rate::Limit limit);
  void SetLimitAt(absl::Time t, rate::Limit limit);
  void SetBurst(int burst);
  void SetBurstAt(absl::Time t, int burst);

 private:
  friend class Reservation;

  // If it takes no longer than `patience`.
  Reservation ReserveWithin(absl::Time t, int n, absl::Duration patience);
  double TokensLocked(absl::Time t) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void GiveBack(Reservation& reservation, absl::Time t);
  // Brings tokens_ to t.
  void Advance(absl::Time t) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  mutable Mutex mu_;
  rate::Limit limit_ ABSL_GUARDED_BY(mu_);
  int burst_ ABSL_GUARDED_BY(mu_);
  double tokens_ ABSL_GUARDED_BY(mu_);  // At last_.
  absl::Time last_ ABSL_GUARDED_BY(mu_) = absl::InfinitePast();
  // When the last of the events may happen that are allowed already.
  absl::Time last_event_ ABSL_GUARDED_BY(mu_) = absl::InfinitePast();
};

}  // namespace rt::rate

#endif  // RUNTIME_RATE_H_
