// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The order in which the runtime's own locks (RawMutex) are taken.
//
// A thread that holds a lock takes only locks of higher rank; of several
// channels (select) the one at the higher address later, of two heaps of timers
// (a P retires) that of the lower P second, of two contexts the child's second,
// of two nodes of a Map the lower one. So no threads can wait for each other in
// a circle. All builds but those with -c opt check it at each Lock (of contexts
// and nodes it cannot tell), and end the program with the names of the two; the
// check is compiled in with RT_LOCK_RANKS, by the library raw_mutex.
//
// A new lock gets a rank here.

#ifndef RUNTIME_INTERNAL_LOCK_RANK_H_
#define RUNTIME_INTERNAL_LOCK_RANK_H_

#include <cstdint>

namespace rt::internal {

class RawMutex;

// Outermost first.
enum class LockRank : uint8_t {
  kTimeChan,    // A Timer's or Ticker's state, around its channel and its heap.
  kContext,     // A context's children, around its channel.
  kCond,        // The waiters of a Cond.
  kChan,        // A channel.
  kSema,        // Who sleeps at an address.
  kPool,        // One P's part of a Pool.
  kMap,         // A node of a Map.
  kReclaim,     // What is freed once no reader can see it.
  kNetpoll,     // The descriptors' table.
  kSched,       // The scheduler.
  kTimers,      // One P's timers.
  kStacks,      // Free stacks.
  kGoroutines,  // Free goroutines.
  kProfile,     // The threads' profiling timers.
  kStackTable,  // The stacks of a profile.
  kPanics,      // All that exist.
  kTrace,       // A thread's part of a trace.
};

// False: it holds nothing. For who runs many goroutines on one thread by other
// means than the scheduler's. Constant once locks are taken.
extern constinit bool lock_ranks_are_checked;

// The calling thread is about to take a lock, for which it may have to wait, or
// has it without; and it gives it back.
void NoteLock(const RawMutex* mutex, LockRank rank, bool waits);
void NoteUnlock(const RawMutex* mutex);

// A lock's part of the check.
#if defined(RT_LOCK_RANKS)
class RankCheck {
 public:
  constexpr explicit RankCheck(LockRank rank) : rank_(rank) {}
  void Lock(const RawMutex* mutex, bool waits) const {
    NoteLock(mutex, rank_, waits);
  }
  void Unlock(const RawMutex* mutex) const { NoteUnlock(mutex); }

 private:
  const LockRank rank_;
};
#else
class RankCheck {
 public:
  constexpr explicit RankCheck(LockRank) {}
  void Lock(const RawMutex*, bool) const {}
  void Unlock(const RawMutex*) const {}
};
#endif

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_LOCK_RANK_H_
