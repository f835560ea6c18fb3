// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The stack of who met a fault, seen from the handler of its signal: without
// memory or locks.

#ifndef RUNTIME_INTERNAL_FAULT_STACK_H_
#define RUNTIME_INTERNAL_FAULT_STACK_H_

#include <signal.h>
#include <ucontext.h>

#include <cstdint>

namespace rt::internal {

// A call of a function that is nowhere: makes `context` look as if that had
// returned at once, so that the caller is found. Other faults: nothing.
void LeaveNowhere(const siginfo_t& info, ucontext_t* context);

// The calls that led to `pc`, where the signal came, without the handler's own:
// of a deep stack both ends, as AppendFrames takes them. Into
// pcs[0..kMaxShownFrames); returns how many.
int BothEndsOfStack(uintptr_t pc, void** pcs);

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_FAULT_STACK_H_
