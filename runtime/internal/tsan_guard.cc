// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Under ThreadSanitizer: how threads wait for who initialises a static variable
// of a function (the Itanium C++ ABI's one-time construction functions).
//
// ThreadSanitizer's own sleep there, where it lets no signal in. If who
// initialises has been preempted, and wants the P of who waits, neither would
// ever go on. These take the place of its functions, which are in a shared
// library with GCC; with Clang they are linked in, and stay (D-067).

#include "runtime/internal/sanitizer.h"

#if defined(RT_TSAN) && !defined(__clang__)

#include <unistd.h>

#include <cstdint>

namespace {

// The ABI leaves the guard to us, but for its first byte, which the compiler
// reads: not 0 when the variable is there.
struct Guard {
  uint8_t done;
  uint8_t busy;  // Somebody initialises.
};

}  // namespace

extern "C" {

int __cxa_guard_acquire(Guard* guard);
void __cxa_guard_release(Guard* guard);
void __cxa_guard_abort(Guard* guard);

// 1: the caller is to initialise, and then to release or abort.
int __cxa_guard_acquire(Guard* guard) {
  for (;;) {
    // Acquire: pairs with the release of who has initialised, or given up.
    if (__atomic_load_n(&guard->done, __ATOMIC_ACQUIRE)) return 0;
    if (!__atomic_exchange_n(&guard->busy, uint8_t{1}, __ATOMIC_ACQUIRE)) {
      if (!__atomic_load_n(&guard->done, __ATOMIC_ACQUIRE)) return 1;
      __atomic_store_n(&guard->busy, uint8_t{0}, __ATOMIC_RELEASE);
      return 0;
    }
    usleep(1);  // Signals come in here.
  }
}

void __cxa_guard_release(Guard* guard) {
  __atomic_store_n(&guard->done, uint8_t{1}, __ATOMIC_RELEASE);
  __atomic_store_n(&guard->busy, uint8_t{0}, __ATOMIC_RELEASE);
}

void __cxa_guard_abort(Guard* guard) {
  __atomic_store_n(&guard->busy, uint8_t{0}, __ATOMIC_RELEASE);
}

}  // extern "C"

#endif
