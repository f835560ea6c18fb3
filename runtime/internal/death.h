// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The ends that come with a report: fatal errors, panics that nobody recovered,
// deadlocks, stack overflows, SIGQUIT.
//
// All of them print what Go prints, on stderr, after stdout has been flushed,
// and exit with status 2. The first one wins; other threads stop. How much they
// print is GOTRACEBACK's to say.

#ifndef RUNTIME_INTERNAL_DEATH_H_
#define RUNTIME_INTERNAL_DEATH_H_

#include <signal.h>

#include <string>

#include "runtime/internal/goroutine.h"

namespace rt::internal {

struct M;

// How the program ends.
struct Death {
  std::string headline;        // "fatal error: ..." or "panic: ...", and what
                               // is said before; written in one piece.
  Goroutine* self = nullptr;   // Who caused it; null: a thread, or nobody.
  void* const* pcs = nullptr;  // Its stack.
  int size = 0;
  bool all = true;  // Show the other goroutines, too.
};

// Ends the program. Not on a goroutine's stack, which may be too small.
[[noreturn]] void Die(const Death& death);

// The same with the caller's stack, from wherever it is called.
[[noreturn]] void DieHere(std::string headline);

// The same from the goroutine that m runs.
[[noreturn]] void DieFromGoroutine(M* m, const Death& death);

// Ends the program with "panic: " and the exception that the calling goroutine
// is handling.
[[noreturn]] void DiePanic();

// Makes the overflow of a goroutine's stack a fatal error, an exception that
// nobody handles a panic, and SIGQUIT an end with a dump. Once per process.
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

#endif  // RUNTIME_INTERNAL_DEATH_H_
