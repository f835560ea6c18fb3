// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Goroutine: the production scheduler's G, and where all of them are kept.
//
// A goroutine that has not run yet owns a closure and no stack. Goroutine
// blocks are allocated in chunks, used again, and never freed, so a dump can
// walk them at any time.

#ifndef RUNTIME_INTERNAL_GOROUTINE_H_
#define RUNTIME_INTERNAL_GOROUTINE_H_

#include <atomic>
#include <cstdint>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "runtime/internal/context_switch.h"
#include "runtime/internal/g.h"
#include "runtime/internal/pages.h"
#include "runtime/internal/raw_mutex.h"
#include "runtime/internal/sanitizer.h"
#include "runtime/internal/stack.h"

namespace rt::internal {

enum class GStatus : uint8_t {
  kIdle,       // On a free list, or just being set up by Spawn.
  kRunnable,   // On exactly one run queue; not running.
  kRunning,    // On no queue; owned by the M that runs it.
  kSyscall,    // As kRunning, but its M has no P: it may block in the kernel.
  kWaiting,    // On no run queue; whoever completes its wait calls Ready once.
  kDead,       // Has returned; its M is about to put it on a free list.
  kPreempted,  // As kRunnable, but its stack is in use: `thread` keeps it.
};

struct M;
struct StackRequest;

// Two cache lines: a million that were spawned together are not in the cache.
struct alignas(64) Goroutine : G {
  // Written by the M that runs it, or by who makes it runnable; read in dumps.
  std::atomic<GStatus> status{GStatus::kIdle};

  uint32_t thread_locks = 0;  // The owner's: LockThread less UnlockThread.

  // Since when it waits or is in a system call, by its P's clock (P::now_ns).
  // The goroutine's own, as wait_reason is.
  int64_t wait_since_ns = 0;

  // The owner's: who runs it, or the queue that it is on.
  Goroutine* next = nullptr;  // In a linked queue or free list.
  // The only M that can run it: it was preempted there, or is locked to it.
  M* thread = nullptr;
  Context context;  // While it does not run.
  Stack stack;      // Empty before its first run.
  [[no_unique_address]] Fiber fiber;

  // Set by a dump: on waking, report the stack and switch back (traceback.h).
  StackRequest* stack_request = nullptr;

  absl::AnyInvocable<void() &&> task;  // The owner's.

  void Prefetch() const {
    __builtin_prefetch(this, 1);
    __builtin_prefetch(reinterpret_cast<const char*>(this) + 64, 1);
  }
};
static_assert(kTsan || kAsan || sizeof(Goroutine) == 128);

// Goroutines linked by `next`: first in, first out. Not synchronised.
class GoroutineList {
 public:
  bool empty() const { return first_ == nullptr; }
  int64_t size() const { return size_; }

  void PushBack(Goroutine* g) {
    g->next = nullptr;
    (first_ == nullptr ? first_ : last_->next) = g;
    last_ = g;
    ++size_;
  }
  const Goroutine* first() const { return first_; }
  Goroutine* PopFront() {
    Goroutine* g = first_;
    if (g != nullptr) {
      first_ = g->next;
      --size_;
    }
    return g;
  }
  // The first that matches(g), taken out; null if there is none.
  template <typename Matches>
  Goroutine* Extract(Matches matches) {
    Goroutine* before = nullptr;
    Goroutine* g = first_;
    while (g != nullptr && !matches(g)) before = std::exchange(g, g->next);
    if (g == nullptr) return nullptr;
    (before == nullptr ? first_ : before->next) = g->next;
    if (last_ == g) last_ = before;
    --size_;
    return g;
  }

 private:
  Goroutine* first_ = nullptr;
  Goroutine* last_ = nullptr;
  int64_t size_ = 0;
};

// Some free blocks, linked by `next`: last in, first out. Not synchronised.
class FreeGoroutines {
 public:
  int size() const { return size_; }
  void Push(Goroutine* g) {
    g->next = first_;
    first_ = g;
    ++size_;
  }
  Goroutine* Pop() {
    Goroutine* g = first_;
    first_ = g->next;
    --size_;
    // It has most likely left the cache, and is the next to be used.
    if (first_ != nullptr) first_->Prefetch();
    return g;
  }

 private:
  friend class GoroutinePool;
  Goroutine* first_ = nullptr;
  int size_ = 0;
};

// All goroutine blocks of the program. Free ones come and go in whole lists, so
// that blocks which are neighbours in memory remain neighbours there (D-057).
class GoroutinePool {
 public:
  static GoroutinePool& Get();

  // At least one.
  FreeGoroutines Take();
  void Give(FreeGoroutines list);

  // Calls visit(g) for every block, free ones too, in the order of allocation.
  template <typename Visit>
  void ForEach(Visit visit) {
    // Acquire: pairs with the release in Take; a chunk never changes its links.
    for (Chunk* c = first_.load(std::memory_order_acquire); c != nullptr;
         c = c->next.load(std::memory_order_acquire)) {
      for (Goroutine& g : c->blocks) visit(&g);
    }
  }

 private:
  struct Chunk : OnPages {
    static constexpr int kSize = 63;  // And the link: two pages.
    std::atomic<Chunk*> next{nullptr};
    Goroutine blocks[kSize];
  };

  RawMutex mu_{LockRank::kGoroutines};
  // The lists' first blocks, linked: the pool uses two of their fields, which
  // mean nothing while a block is free, for this and for the list's size.
  Goroutine* lists_ ABSL_GUARDED_BY(mu_) = nullptr;
  std::atomic<Chunk*> first_{nullptr};  // Written under mu_.
  Chunk* last_ ABSL_GUARDED_BY(mu_) = nullptr;
};

// Some free blocks at hand, without a lock: two lists, of which the one that
// was filled last is used first and the other one goes to the pool.
//
// After the magazines of Bonwick and Adams, "Magazines and Vmem" (2001).
class GoroutineCache {
 public:
  Goroutine* Take();
  void Give(Goroutine* g);
  void GiveAll();
  int64_t size() const { return free_.size() + spare_.size(); }

 private:
  FreeGoroutines free_;
  FreeGoroutines spare_;
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_GOROUTINE_H_
