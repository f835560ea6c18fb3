// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/time.h"

#include "absl/time/time.h"
#include "runtime/internal/host.h"

namespace rt {

// ToInt64Nanoseconds saturates: an infinite sleep lasts for 292 years.
void Sleep(absl::Duration d) {
  internal::host::SleepNs(absl::ToInt64Nanoseconds(d));
}

absl::Time Now() {
  return absl::FromUnixNanos(internal::host::StartUnixNs()) +
         absl::Nanoseconds(internal::host::NowNs());
}

}  // namespace rt
