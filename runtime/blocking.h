// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Blocking(f): calls f, which blocks its kernel thread (a read from a file, a
// wait for a child process), without stopping the other goroutines.
//
//   std::string line = rt::Blocking([] { return ReadLineFromTerminal(); });
//
// Threads: from a goroutine.
// Blocks:  the goroutine and its kernel thread. Its right to run goroutines
//          goes to another thread meanwhile.
// Rules:   f must not call anything of rt. What f returns or throws, Blocking
//          returns or throws.

#ifndef RUNTIME_BLOCKING_H_
#define RUNTIME_BLOCKING_H_

#include <functional>
#include <utility>

#include "runtime/internal/host.h"

namespace rt {

template <typename F>
decltype(auto) Blocking(F&& f) {
  struct Region {
    Region() { internal::host::EnterBlocking(); }
    ~Region() { internal::host::ExitBlocking(); }
  } region;
  return std::invoke(std::forward<F>(f));
}

}  // namespace rt

#endif  // RUNTIME_BLOCKING_H_
