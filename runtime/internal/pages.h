// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Memory from the kernel rather than from malloc: for what the runtime
// allocates where no goroutine can be preempted (D-062).
//
// Threads: any; also in a signal handler.

#ifndef RUNTIME_INTERNAL_PAGES_H_
#define RUNTIME_INTERNAL_PAGES_H_

#include <cstddef>

namespace rt::internal {

inline constexpr size_t kPageBytes = 4096;

// Zeroed. Null, and errno, if there is no more.
void* TryMapPages(size_t bytes);
// The same, but if there is no more, the program ends.
void* MapPages(size_t bytes);
void UnmapPages(void* pages, size_t bytes);

// A type of which each object has pages of its own.
struct OnPages {
  static void* operator new(size_t bytes) { return MapPages(bytes); }
  static void operator delete(void* pages, size_t bytes) {
    UnmapPages(pages, bytes);
  }
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_PAGES_H_
