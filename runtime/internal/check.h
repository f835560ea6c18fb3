// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// RT_CHECK(condition, "I2: what is broken"): an invariant of the runtime.
//
// Always on. A failure is a bug of ours, never of the user's; it ends the
// program at once (SIGABRT), so that a debugger sees the broken state.

#ifndef RUNTIME_INTERNAL_CHECK_H_
#define RUNTIME_INTERNAL_CHECK_H_

namespace rt::internal {

[[noreturn]] void CheckFailed(const char* condition, const char* what,
                              const char* file, int line);

// Ends the process at once: no destructors, no exit handlers, not those of a
// sanitizer either. For when threads still run.
[[noreturn]] void ExitNow(int status);

// Writes all of `text` to stderr, without allocating or locking.
void WriteStderr(const char* text, unsigned long size);

}  // namespace rt::internal

#define RT_CHECK(condition, what)                       \
  (__builtin_expect(static_cast<bool>(condition), true) \
       ? static_cast<void>(0)                           \
       : ::rt::internal::CheckFailed(#condition, what, __FILE__, __LINE__))

#endif  // RUNTIME_INTERNAL_CHECK_H_
