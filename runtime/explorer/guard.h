// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Guard: what ends an execution from outside, while an exploration runs.
//
// A crash of the code under test (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT), a
// stack that overflows, and an endless loop that the engine never sees become
// failures of the execution. The watchdog counts processor time, not the
// clock, so a busy machine changes no verdict; only a goroutine that sleeps in
// the kernel, where no processor time passes, is told by the clock.
//
// Threads: one Guard at a time; it replaces signal handlers and puts the old
// ones back.

#ifndef RUNTIME_EXPLORER_GUARD_H_
#define RUNTIME_EXPLORER_GUARD_H_

namespace rt::explorer {

class Guard {
 public:
  Guard();
  ~Guard();
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
};

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_GUARD_H_
