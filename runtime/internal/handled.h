// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What the C++ runtime keeps for each thread, and a switch carries along with
// the goroutine: the exceptions that it handles.

#ifndef RUNTIME_INTERNAL_HANDLED_H_
#define RUNTIME_INTERNAL_HANDLED_H_

#include <cxxabi.h>

namespace rt::internal {

// The latest one that the caller handles; null if there is none. From there the
// C++ runtime finds the others (Itanium C++ ABI: Exception Handling, 2.2.2).
//
// Good until the caller may switch. The library declares that its function
// always returns the same: true of a thread. To the compiler, ours does not.
[[gnu::noinline]] inline void*& Handled() {
  asm volatile("");
  return *reinterpret_cast<void**>(abi::__cxa_get_globals());
}

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_HANDLED_H_
