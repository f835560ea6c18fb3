// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Two fences that order a store before a load on two threads, of which one
// pays for both.
//
//   often                         seldom
//   x.store(1)                    y.store(1)
//   LightFence()                  HeavyFence()
//   y.load()                      x.load()
//
// Not both loads can miss the other thread's store, as with two sequentially
// consistent fences. But LightFence only stops the compiler: HeavyFence makes
// the kernel run a fence on every core that runs a thread of this process.
//
// Cost:     LightFence nothing; HeavyFence a system call, 0.4 µs and more on a
//           machine of many cores.
// Threads:  any.
// Fallback: both are fences of the processor where the kernel has no such call.
//
// membarrier(2); the idea is Dice, Huang, Yang, "Asymmetric Dekker
// Synchronization" (2001).

#ifndef RUNTIME_INTERNAL_FENCE_H_
#define RUNTIME_INTERNAL_FENCE_H_

#include <atomic>

namespace rt::internal {

// Whether LightFence is free. Set before main.
extern bool light_fence_is_free;

// In assembly: GCC refuses std::atomic_thread_fence under ThreadSanitizer,
// which does not know fences.
inline void FullFence() {
#if defined(__x86_64__)
  asm volatile("mfence" ::: "memory");
#elif defined(__aarch64__)
  asm volatile("dmb ish" ::: "memory");
#endif
}

inline void LightFence() {
  std::atomic_signal_fence(std::memory_order_seq_cst);
  if (!light_fence_is_free) [[unlikely]]
    FullFence();
}

void HeavyFence();

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_FENCE_H_
