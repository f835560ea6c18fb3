// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Run(main): the entry into the world of goroutines.
//
//   int main() {
//     return rt::Run([] { ... });
//   }
//
// Runs `main` as goroutine 1 and returns 0 when it returns. As in Go, nobody is
// waited for: the other goroutines stop where they are. Those that block or
// wait for their turn are abandoned, and the objects on their stacks are not
// destroyed. If one still computes, or sits in a system call, the process ends
// right there with status 0: its stack would outlive what it uses.
//
// Threads: from a plain thread, usually the main one; one Run at a time.
// Blocks:  the calling thread, which runs goroutines meanwhile.
// Failure: ends the process with status 2 and a report on stderr: an exception
//          that leaves a goroutine, a fatal error, a deadlock (all goroutines
//          asleep), an overflow of a goroutine's stack.
// Environment: GOMAXPROCS, GODEBUG, GOTRACEBACK and RT_TRACE, as
//          internal/environment.h describes them. A value that cannot be read
//          is ignored, with a line on stderr that says so.

#ifndef RUNTIME_RUN_H_
#define RUNTIME_RUN_H_

#include "absl/functional/any_invocable.h"

namespace rt {

// The explorer, in whose programs Run explores main, calls it many times.
int Run(absl::AnyInvocable<void()> main);

}  // namespace rt

#endif  // RUNTIME_RUN_H_
