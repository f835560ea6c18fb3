// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The calls that led to where we are.
//
// Threads: any goroutine or thread, for its own stack.
// Blocks:  nothing; allocates (the second form does not).

#ifndef RUNTIME_INTERNAL_BACKTRACE_H_
#define RUNTIME_INTERNAL_BACKTRACE_H_

#include <cstdint>
#include <vector>

namespace rt::internal {

// How deep a report goes: the innermost frames, as many as Go prints.
inline constexpr int kMaxFrames = 100;

// Return addresses, the innermost first; the caller's own is the first.
std::vector<void*> Backtrace();

// The same into pcs[0..max); returns how many. For signal handlers: unwinds
// through the signal's frame, too.
int Backtrace(void** pcs, int max);

// For a signal handler: the calls that led to `pc`, where the signal came,
// without the handler's own.
int InterruptedBacktrace(uintptr_t pc, void** pcs, int max);

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_BACKTRACE_H_
