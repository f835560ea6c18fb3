// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Where goroutines wait for each other, and who made them wait: what the block
// and the mutex profile collect.
//
// Off, which is how it begins, costs a relaxed load for each park.
//
// Threads: BeginBlock and EndBlock on a goroutine; the others from any.

#ifndef RUNTIME_INTERNAL_CONTENTION_H_
#define RUNTIME_INTERNAL_CONTENTION_H_

#include <atomic>
#include <cstdint>

#include "runtime/internal/g.h"
#include "runtime/internal/stack_table.h"

namespace rt::internal {

// One sample for each so many nanoseconds that goroutines spend waiting: 1 for
// every wait, 0 for none. Longer waits are all sampled, a shorter one by chance
// and then for its share.
extern constinit std::atomic<int64_t> block_profile_rate;

// One sample for so many waits for a lock, on average; 0 for none.
extern constinit std::atomic<int64_t> mutex_profile_fraction;

extern constinit StackTable block_profile;
extern constinit StackTable mutex_profile;

int64_t BeginBlockSlow(WaitReason reason);

// The calling goroutine is about to wait; and has waited, if that returned
// something else than 0.
inline int64_t BeginBlock(WaitReason reason) {
  // Relaxed: what begins to be seen a little late does no harm.
  if (block_profile_rate.load(std::memory_order_relaxed) == 0) [[likely]] {
    return 0;
  }
  return BeginBlockSlow(reason);
}
void EndBlock(int64_t begin_ns);

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_CONTENTION_H_
