// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/futex.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>

namespace rt::internal {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

// The kernel's answer, as errno; 0 for woken. A bitset wait takes an absolute
// deadline on the monotonic clock.
int FutexWait(std::atomic<uint32_t>* word, uint32_t expected,
              int64_t deadline_ns) {
  timespec deadline = {static_cast<time_t>(deadline_ns / kSecond),
                       static_cast<long>(deadline_ns % kSecond)};
  long result = syscall(SYS_futex, word, FUTEX_WAIT_BITSET_PRIVATE, expected,
                        deadline_ns < 0 ? nullptr : &deadline, nullptr,
                        FUTEX_BITSET_MATCH_ANY);
  return result == 0 ? 0 : errno;
}

}  // namespace

bool ThreadParker::Sleep(int64_t deadline_ns) {
  uint32_t word = kNothing;
  // Acquire, here and below: pairs with the release in Wake.
  if (word_.compare_exchange_strong(word, kAsleep, std::memory_order_acquire)) {
    while (word_.load(std::memory_order_acquire) == kAsleep) {
      if (FutexWait(&word_, kAsleep, deadline_ns) == ETIMEDOUT) break;
    }
  }
  return word_.exchange(kNothing, std::memory_order_acquire) == kToken;
}

void ThreadParker::Wake() {
  // Release: pairs with the acquire in Sleep.
  if (word_.exchange(kToken, std::memory_order_release) == kAsleep) {
    syscall(SYS_futex, &word_, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
  }
}

int64_t MonotonicNs() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * kSecond + now.tv_nsec;
}

}  // namespace rt::internal
