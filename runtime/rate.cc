// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The arithmetic is that of golang.org/x/time/rate (rate.go): tokens are not
// dripped into the bucket by a clock, but counted from the time that has passed
// whenever somebody asks; and they may be negative, which is what is reserved.

#include "runtime/rate.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "runtime/panic.h"
#include "runtime/select.h"
#include "runtime/time.h"

namespace rt::rate {
namespace {

// For what never comes; finite, so that one can calculate with it.
constexpr absl::Duration kAges =
    absl::Nanoseconds(std::numeric_limits<int64_t>::max());

// How long it takes to get so many tokens. In whole nanoseconds, rounded down:
// the clock has no others, and a wait must not become longer.
absl::Duration DurationOf(double tokens, Limit limit) {
  if (limit <= 0) return kAges;
  double ns = tokens / limit * 1e9;
  if (ns > static_cast<double>(std::numeric_limits<int64_t>::max())) {
    return kAges;
  }
  return absl::Nanoseconds(static_cast<int64_t>(ns));
}

double TokensIn(absl::Duration d, Limit limit) {
  if (limit <= 0 || d == absl::ZeroDuration()) return 0;
  return absl::ToDoubleSeconds(d) * limit;
}

}  // namespace

Limit Every(absl::Duration interval) {
  if (interval <= absl::ZeroDuration()) return kInf;
  return 1 / absl::ToDoubleSeconds(interval);
}

// --- Reservation -------------------------------------------------------------

absl::Duration Reservation::Delay() const { return DelayFrom(Now()); }

absl::Duration Reservation::DelayFrom(absl::Time t) const {
  if (!OK()) return absl::InfiniteDuration();
  return std::max(time_to_act_ - t, absl::ZeroDuration());
}

void Reservation::Cancel() { CancelAt(Now()); }

void Reservation::CancelAt(absl::Time t) {
  if (OK()) limiter_->GiveBack(*this, t);
}

// --- Limiter -----------------------------------------------------------------

double Limiter::TokensLocked(absl::Time t) const {
  double earned = t > last_ ? TokensIn(t - last_, limit_) : 0;
  return std::min<double>(tokens_ + earned, burst_);
}

void Limiter::Advance(absl::Time t) {
  tokens_ = TokensLocked(t);
  last_ = t;
}

Reservation Limiter::ReserveWithin(absl::Time t, int n,
                                   absl::Duration patience) {
  if (n < 0) throw Panic("rate: negative number of events");
  Reservation reservation;
  mu_.Lock();
  absl::Duration wait;
  bool ok = true;
  if (limit_ != kInf) {
    double left = TokensLocked(t) - n;
    if (left < 0) wait = DurationOf(-left, limit_);
    ok = n <= burst_ && wait <= patience;
    if (ok) {
      tokens_ = left;
      last_ = t;
      last_event_ = t + wait;
    }
  }
  if (ok) {
    reservation.limiter_ = this;
    reservation.n_ = limit_ == kInf ? 0 : n;
    reservation.time_to_act_ = t + wait;
    reservation.limit_ = limit_;
  }
  mu_.Unlock();
  return reservation;
}

void Limiter::GiveBack(Reservation& reservation, absl::Time t) {
  mu_.Lock();
  absl::Time time_to_act = reservation.time_to_act_;
  if (limit_ != kInf && time_to_act >= t) {
    int n = std::exchange(reservation.n_, 0);
    // What was reserved after it is due between the two times.
    absl::Duration after =
        std::max(last_event_ - time_to_act, absl::ZeroDuration());
    double back = n - TokensIn(after, reservation.limit_);
    if (back > 0) {
      Advance(t);
      tokens_ = std::min<double>(tokens_ + back, burst_);
      if (time_to_act == last_event_) {
        absl::Time before = time_to_act - DurationOf(n, reservation.limit_);
        if (before >= t) last_event_ = before;
      }
    }
  }
  mu_.Unlock();
}

bool Limiter::Allow() { return AllowN(Now(), 1); }

bool Limiter::AllowN(absl::Time t, int n) {
  return ReserveWithin(t, n, absl::ZeroDuration()).OK();
}

Reservation Limiter::Reserve() { return ReserveN(Now(), 1); }

Reservation Limiter::ReserveN(absl::Time t, int n) {
  return ReserveWithin(t, n, absl::InfiniteDuration());
}

absl::Status Limiter::Wait(const Context& ctx) { return WaitN(ctx, 1); }

absl::Status Limiter::WaitN(const Context& ctx, int n) {
  mu_.Lock();
  int burst = burst_;
  bool too_many = n > burst && limit_ != kInf;
  mu_.Unlock();
  std::string wait = "rate: Wait(n=" + std::to_string(n) + ")";
  if (too_many) {
    return absl::InvalidArgumentError(wait + " exceeds limiter's burst " +
                                      std::to_string(burst));
  }
  if (absl::Status error = ctx.Err(); !error.ok()) return error;
  absl::Time now = Now();
  Reservation reservation = ReserveWithin(now, n, ctx.Deadline() - now);
  if (!reservation.OK()) {
    return absl::DeadlineExceededError(wait + " would exceed context deadline");
  }
  absl::Duration delay = reservation.DelayFrom(now);
  if (delay == absl::ZeroDuration()) return absl::OkStatus();
  Timer timer = NewTimer(delay);
  if (Select(OnRecv(timer.C()), OnRecv(ctx.Done())) == 0) {
    return absl::OkStatus();
  }
  reservation.Cancel();  // Others may go sooner.
  return ctx.Err();
}

rate::Limit Limiter::Limit() const {
  mu_.Lock();
  rate::Limit limit = limit_;
  mu_.Unlock();
  return limit;
}

int Limiter::Burst() const {
  mu_.Lock();
  int burst = burst_;
  mu_.Unlock();
  return burst;
}

double Limiter::Tokens() const { return TokensAt(Now()); }

double Limiter::TokensAt(absl::Time t) const {
  mu_.Lock();
  double tokens = TokensLocked(t);
  mu_.Unlock();
  return tokens;
}

void Limiter::SetLimit(rate::Limit limit) { SetLimitAt(Now(), limit); }

void Limiter::SetLimitAt(absl::Time t, rate::Limit limit) {
  mu_.Lock();
  Advance(t);
  limit_ = limit;
  mu_.Unlock();
}

void Limiter::SetBurst(int burst) { SetBurstAt(Now(), burst); }

void Limiter::SetBurstAt(absl::Time t, int burst) {
  mu_.Lock();
  Advance(t);
  burst_ = burst;
  mu_.Unlock();
}

}  // namespace rt::rate
