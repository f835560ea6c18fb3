// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The clocks that std::chrono reads, and std::this_thread::sleep_for: virtual
// time (engine.h, E3). Clocks of processor time are not virtual.

#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "runtime/explorer/posix.h"
#include "runtime/internal/host.h"

using rt::explorer::Deadline;
using rt::explorer::Hidden;
using rt::explorer::InCodeUnderTest;
using rt::explorer::TimeOn;

namespace {

constinit Hidden<int(clockid_t, timespec*)> hidden_gettime("clock_gettime");
constinit Hidden<int(timeval*, void*)> hidden_gettimeofday("gettimeofday");
constinit Hidden<time_t(time_t*)> hidden_time("time");
constinit Hidden<int(const timespec*, timespec*)> hidden_nanosleep("nanosleep");
constinit Hidden<int(clockid_t, int, const timespec*, timespec*)>
    hidden_clock_nanosleep("clock_nanosleep");
constinit Hidden<int(useconds_t)> hidden_usleep("usleep");
constinit Hidden<unsigned(unsigned)> hidden_sleep("sleep");

bool IsVirtual(clockid_t clock) {
  switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_BOOTTIME:
      return true;
    default:
      return false;
  }
}

void SleepNs(int64_t ns) {
  rt::explorer::MayBlock may_block;
  rt::internal::host::SleepNs(ns);
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* now) noexcept {
  if (!InCodeUnderTest() || !IsVirtual(clock))
    return hidden_gettime(clock, now);
  *now = TimeOn(clock);
  return 0;
}

int gettimeofday(timeval* now, void* zone) noexcept {
  if (!InCodeUnderTest()) return hidden_gettimeofday(now, zone);
  timespec t = TimeOn(CLOCK_REALTIME);
  *now = {t.tv_sec, t.tv_nsec / 1'000};
  return 0;
}

time_t time(time_t* now) noexcept {
  if (!InCodeUnderTest()) return hidden_time(now);
  time_t t = TimeOn(CLOCK_REALTIME).tv_sec;
  if (now != nullptr) *now = t;
  return t;
}

int nanosleep(const timespec* time, timespec* left) {
  if (!InCodeUnderTest()) return hidden_nanosleep(time, left);
  SleepNs(Deadline(CLOCK_MONOTONIC, *time));
  return 0;
}

int clock_nanosleep(clockid_t clock, int flags, const timespec* time,
                    timespec* left) {
  if (!InCodeUnderTest() || !IsVirtual(clock)) {
    return hidden_clock_nanosleep(clock, flags, time, left);
  }
  SleepNs((flags & TIMER_ABSTIME) != 0
              ? Deadline(clock, *time) - rt::internal::host::NowNs()
              : Deadline(CLOCK_MONOTONIC, *time));
  return 0;
}

int usleep(useconds_t us) {
  if (!InCodeUnderTest()) return hidden_usleep(us);
  SleepNs(int64_t{us} * 1'000);
  return 0;
}

unsigned sleep(unsigned seconds) {
  if (!InCodeUnderTest()) return hidden_sleep(seconds);
  SleepNs(int64_t{seconds} * 1'000'000'000);
  return 0;
}

}  // extern "C"
