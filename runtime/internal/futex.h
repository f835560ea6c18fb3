// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A kernel thread's place to sleep: one sleeper, any number of wakers.
//
// Wake before Sleep is not lost: Sleep then returns at once. Several wakes
// count as one.
//
// Blocks:   Sleep, the kernel thread.
// Ordering: a Wake happens before the Sleep that it ends.

#ifndef RUNTIME_INTERNAL_FUTEX_H_
#define RUNTIME_INTERNAL_FUTEX_H_

#include <atomic>
#include <cstdint>

namespace rt::internal {

class ThreadParker {
 public:
  // Sleeps until woken, or until the monotonic clock shows `deadline_ns` (< 0:
  // no deadline). True if woken.
  bool Sleep(int64_t deadline_ns);
  void Wake();

  static constexpr int64_t kNoDeadline = -1;

 private:
  enum : uint32_t { kNothing, kToken, kAsleep };
  std::atomic<uint32_t> word_{kNothing};
};

// CLOCK_MONOTONIC, in nanoseconds.
int64_t MonotonicNs();

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_FUTEX_H_
