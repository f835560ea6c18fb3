// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The futexes of Linux: what libstdc++'s waiting is made of (atomic_wait.h),
// before GCC 16 in headers.
//

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdint>

#include "runtime/explorer/atomic_wait.h"
#include "runtime/explorer/posix.h"
#include "runtime/internal/host.h"

namespace rt::explorer {
namespace {

long Wait(const int* value, int expected, int64_t deadline_ns, const void* pc) {
  switch (WaitWhile(value, sizeof *value, static_cast<unsigned>(expected),
                    deadline_ns, pc)) {
    case Waited::kWoken:
      return 0;
    case Waited::kChanged:
      errno = EAGAIN;
      return -1;
    case Waited::kTimedOut:
      break;
  }
  errno = ETIMEDOUT;
  return -1;
}

int64_t After(const timespec& time) {
  int64_t now_ns = internal::host::NowNs();
  int64_t ns = Deadline(CLOCK_MONOTONIC, time);
  return ns > kNever - now_ns ? kNever : now_ns + ns;
}

long Futex(const int* value, int operation, int argument, const timespec* time,
           const void* pc) {
  clockid_t clock =
      operation & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC;
  switch (operation & FUTEX_CMD_MASK) {
    case FUTEX_WAIT:
      return Wait(value, argument, time == nullptr ? kNever : After(*time), pc);
    case FUTEX_WAIT_BITSET:
      return Wait(value, argument,
                  time == nullptr ? kNever : Deadline(clock, *time), pc);
    case FUTEX_WAKE:
    case FUTEX_WAKE_BITSET:
      return Notify(value, /*all=*/argument > 1);
    default:
      RefuseType("a futex operation other than wait and wake",
                 "use std::atomic's wait and notify");
  }
}

}  // namespace
}  // namespace rt::explorer

static constinit rt::explorer::Hidden<long(long, ...)> hidden_syscall(
    "syscall");

extern "C" long syscall(long number, ...) noexcept {
  long a[6];
  va_list arguments;
  va_start(arguments, number);
  for (long& argument : a) argument = va_arg(arguments, long);
  va_end(arguments);
  if (number == SYS_futex && rt::explorer::InCodeUnderTest()) {
    return rt::explorer::Futex(reinterpret_cast<const int*>(a[0]),
                               static_cast<int>(a[1]), static_cast<int>(a[2]),
                               reinterpret_cast<const timespec*>(a[3]), RT_PC);
  }
  return hidden_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
