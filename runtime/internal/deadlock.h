// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Who waits for whom: the story behind a deadlock.
//
//   deadlock: goroutines 7 and 8 wait for each other
//   	goroutine 7 locked Mutex a at x.cc:12 and waits at x.cc:13 for Mutex b
//   	goroutine 8 locked Mutex b at x.cc:20 and waits at x.cc:21 for Mutex a
//
// A lock has a holder, so waits for locks can be followed;
// whoever may send on a channel or count down a WaitGroup is not known.

#ifndef RUNTIME_INTERNAL_DEADLOCK_H_
#define RUNTIME_INTERNAL_DEADLOCK_H_

#include <string>

#include "runtime/internal/traceback.h"

namespace rt::internal {

// A paragraph for each circle of goroutines that wait for each other's locks,
// and a line for each lock that is waited for and whose holder has ended
// without giving it back. With `explain`, also a line for each other wait for a
// lock whose holder waits, too. Empty if there is nothing to say.
std::string DescribeDeadlocks(const GoroutineDump& dump, bool explain);

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_DEADLOCK_H_
