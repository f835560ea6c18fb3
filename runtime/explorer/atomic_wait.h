// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Waiting for a change of a few bytes: what std::atomic's wait and notify,
// std::latch, barrier, counting_semaphore and future are made of.
//
// Falling asleep reads the atomic and depends on whoever writes it; a
// notification depends on who falls asleep only, so it is on an address of its
// own. It orders nothing by itself: the atomic does.
//
// From goroutines of the code under test.

#ifndef RUNTIME_EXPLORER_ATOMIC_WAIT_H_
#define RUNTIME_EXPLORER_ATOMIC_WAIT_H_

#include <cstddef>
#include <cstdint>

namespace rt::explorer {

enum class Waited : uint8_t {
  kWoken,
  kChanged,  // It was another value from the beginning.
  kTimedOut,
};

// Sleeps if the `size` bytes at `at` (1, 2, 4 or 8) are `value`, until woken or
// until the virtual time has come.
Waited WaitWhile(const void* at, size_t size, uint64_t value,
                 int64_t deadline_ns, const void* pc);

// Wakes all who sleep there, or one of them. Returns how many.
int Notify(const void* at, bool all);

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_ATOMIC_WAIT_H_
