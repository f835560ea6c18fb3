// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/lock_rank.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>

#include "runtime/internal/check.h"

namespace rt::internal {
namespace {

const char* NameOf(LockRank rank) {
  switch (rank) {
    case LockRank::kTimeChan:
      return "time channel";
    case LockRank::kContext:
      return "context";
    case LockRank::kCond:
      return "cond";
    case LockRank::kChan:
      return "channel";
    case LockRank::kSema:
      return "sema";
    case LockRank::kPool:
      return "pool";
    case LockRank::kMap:
      return "map";
    case LockRank::kReclaim:
      return "reclaim";
    case LockRank::kNetpoll:
      return "netpoll";
    case LockRank::kTimers:
      return "timers";
    case LockRank::kSched:
      return "scheduler";
    case LockRank::kStacks:
      return "stacks";
    case LockRank::kGoroutines:
      return "goroutines";
    case LockRank::kProfile:
      return "profile";
    case LockRank::kStackTable:
      return "stack table";
    case LockRank::kPanics:
      return "panics";
    case LockRank::kTrace:
      return "trace";
  }
  return "";
}

struct Held {
  const RawMutex* mutex;
  LockRank rank;
};

// Of those of one rank, the last counts.
constexpr int kMaxHeld = 8;

struct HeldLocks {
  Held locks[kMaxHeld] = {};
  int count = 0;
};

constinit thread_local HeldLocks held;

// Whether two locks of one rank may be taken in this order.
bool InOrder(LockRank rank, const RawMutex* first, const RawMutex* second) {
  if (rank == LockRank::kContext || rank == LockRank::kMap) return true;
  if (rank == LockRank::kChan) return std::less<>()(first, second);
  return rank == LockRank::kTimers && std::less<>()(second, first);
}

}  // namespace

constinit bool lock_ranks_are_checked = true;

void NoteLock(const RawMutex* mutex, LockRank rank, bool waits) {
  if (!lock_ranks_are_checked) return;
  for (int i = 0; i < held.count; ++i) {
    const Held& other = held.locks[i];
    bool ordered = !waits || other.rank < rank ||
                   (other.rank == rank && InOrder(rank, other.mutex, mutex));
    if (ordered) continue;
    char text[128];
    int size =
        snprintf(text, sizeof(text),
                 "fatal error: runtime lock \"%s\" taken while \"%s\" is "
                 "held\n",
                 NameOf(rank), NameOf(other.rank));
    WriteStderr(text, static_cast<unsigned long>(size));
    std::abort();
  }
  bool another = held.count > 0 && held.locks[held.count - 1].rank == rank;
  if (!another) ++held.count;
  RT_CHECK(held.count <= kMaxHeld, "few locks are held at once");
  held.locks[held.count - 1] = {mutex, rank};
}

void NoteUnlock(const RawMutex* mutex) {
  for (int i = held.count - 1; i >= 0; --i) {
    if (held.locks[i].mutex != mutex) continue;
    held.locks[i] = held.locks[--held.count];
    return;
  }
}

}  // namespace rt::internal
