// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Dumps of goroutines, and the ends that come with one: fatal errors, panics
// that nobody recovered, deadlocks, stack overflows.
//
// All of them print what Go prints, on stderr, after stdout has been flushed,
// and exit with status 2. The first one wins; other threads stop.

#ifndef RUNTIME_INTERNAL_TRACEBACK_H_
#define RUNTIME_INTERNAL_TRACEBACK_H_

#include <signal.h>

#include <string>

#include "runtime/internal/backtrace.h"
#include "runtime/internal/context_switch.h"
#include "runtime/internal/goroutine.h"
#include "runtime/internal/sanitizer.h"

namespace rt::internal {

struct M;

// How the program ends.
struct Death {
  std::string headline;        // "fatal error: ..." or "panic: ...".
  Goroutine* self = nullptr;   // Who caused it; null: no goroutine.
  void* const* pcs = nullptr;  // Its stack.
  int size = 0;
  bool all = true;  // Show the other goroutines, too.
};

// Ends the program. Not on a goroutine's stack, which may be too small.
[[noreturn]] void Die(const Death& death);

// The same from the goroutine that m runs.
[[noreturn]] void DieFromGoroutine(M* m, const Death& death);

// Ends the program with "panic: " and the exception that the calling goroutine
// is handling.
[[noreturn]] void DiePanic();

// A dump asks a suspended goroutine for its stack by resuming it; the goroutine
// answers at the place where it had switched away, and switches back.
struct StackRequest {
  void* pcs[kMaxFrames];
  int size = 0;
  Context asker;
  Fiber* asker_fiber = nullptr;
};

// Makes the overflow of a goroutine's stack a fatal error, and an exception
// that nobody handles a panic. Once per process.
void InstallHandlers();

// The signal stack that the handler needs; one for each M.
class SignalStack {
 public:
  SignalStack();
  ~SignalStack();
  SignalStack(const SignalStack&) = delete;
  SignalStack& operator=(const SignalStack&) = delete;

 private:
  void* memory_;
  stack_t previous_ = {};
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_TRACEBACK_H_
