// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Sleep and Now, on the scheduler's clock.
//
// Under the explorer that clock is virtual: nothing waits, and a sleep takes
// exactly as long as it says. So take the time from here, not from
// absl::Now or std::chrono, where it matters.

#ifndef RUNTIME_TIME_H_
#define RUNTIME_TIME_H_

#include "absl/time/time.h"

namespace rt {

// Blocks the calling goroutine, and nothing else, for at least `d`; a duration
// of 0 or less only lets others run.
void Sleep(absl::Duration d);

// The time now. Differences between two calls are not disturbed when somebody
// sets the computer's clock. From any goroutine or thread.
absl::Time Now();

}  // namespace rt

#endif  // RUNTIME_TIME_H_
