// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The ends that the processor or abort() brings: a goroutine's stack overflows,
// it uses a null pointer, divides by zero, fails an assertion. The report is
// Go's.
//
// The goroutine stays where it is, in its signal handler: it may have been in
// the middle of malloc, whose lock a report needs, too. Sysmon writes the
// report; it has not allocated before, so that malloc finds it an arena of its
// own. The handler watches it, and should it get stuck, says itself what can be
// said without memory or locks (D-071).
//
// A handler that was there before Run, a sanitizer's or the program's own,
// keeps its signal, but for the overflow of a stack.

#ifndef RUNTIME_INTERNAL_FAULT_H_
#define RUNTIME_INTERNAL_FAULT_H_

#include <signal.h>

namespace rt::internal {

// Once per process.
void InstallFaultHandlers();

// Ends the program with a report if a goroutine has met its end so. For sysmon.
void DieIfFaulted();

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

#endif  // RUNTIME_INTERNAL_FAULT_H_
