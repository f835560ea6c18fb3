// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// RunQueue: the runnable goroutines of one P.
//
// A ring of 256 and one more slot, `next`, for the goroutine that was made
// ready last: it runs first, since what it will touch is in the cache, and a
// pair that hands values to and fro never waits for the queue.
//
// Threads: Push*, Pop: the owner, which is the M that has the P. Empty,
//          RingSize, PeekNext: any thread, a snapshot. Steal*: any other.
// Cost:    the owner needs no locked instruction as long as nobody steals.
// Invariants:
//   R1  everything changes only under lock_.
//   R2  head_ <= tail_ <= head_ + 256 (as counters that wrap around).
//   R3  slots in [head_, tail_) hold goroutines.
//
// What it does is what Go's runq functions do (runtime/proc.go); they let owner
// and thieves agree by compare-exchange, here it is a BiasedLock (D-055).

#ifndef RUNTIME_INTERNAL_RUNQ_H_
#define RUNTIME_INTERNAL_RUNQ_H_

#include <atomic>
#include <cstdint>

#include "runtime/internal/biased_lock.h"
#include "runtime/internal/goroutine.h"

namespace rt::internal {

class RunQueue {
 public:
  static constexpr uint32_t kSize = 256;

  // Puts g where Pop looks first. What was there goes to the ring's end; if
  // that is full, half of the ring and it go to *overflow. True if g is alone.
  bool PushNext(Goroutine* g, GoroutineList* overflow) {
    OwnerSection section(&lock_);
    Goroutine* old = next_.load(std::memory_order_relaxed);
    next_.store(g, std::memory_order_relaxed);
    if (old != nullptr) PushRing(old, overflow);
    return RingSize() == 0;
  }

  void PushBack(Goroutine* g, GoroutineList* overflow) {
    OwnerSection section(&lock_);
    PushRing(g, overflow);
  }

  // The same if there is room; false if there is none.
  [[nodiscard]] bool TryPushBack(Goroutine* g) {
    OwnerSection section(&lock_);
    if (RingSize() == kSize) [[unlikely]]
      return false;
    Append(g);
    return true;
  }

  // The goroutine to run; null if there is none. *was_next tells whether it
  // came from the slot that goes first. With `skip_next` that slot waits its
  // turn behind the ring.
  Goroutine* Pop(bool skip_next, bool* was_next) {
    OwnerSection section(&lock_);
    *was_next = false;
    Goroutine* next = next_.load(std::memory_order_relaxed);
    if (skip_next || next == nullptr) {
      uint32_t size = RingSize();
      if (size > 0) {
        Goroutine* g = PopRing();
        if (size > 3) PrefetchRing();
        return g;
      }
    }
    if (next != nullptr) {
      next_.store(nullptr, std::memory_order_relaxed);
      *was_next = true;
    }
    return next;
  }

  // Nothing to run. Exact only if the owner is asleep; after a HeavyFence, no
  // goroutine is overlooked that was pushed before a LightFence before it.
  bool Empty() const { return PeekNext() == nullptr && RingSize() == 0; }

  // How many goroutines are in the ring.
  uint32_t RingSize() const {
    // Relaxed, as in PeekNext: only a look.
    uint32_t head = head_.load(std::memory_order_relaxed);
    return tail_.load(std::memory_order_relaxed) - head;
  }

  // Who is in the slot that goes first, only to be compared; null if nobody.
  const Goroutine* PeekNext() const {
    return next_.load(std::memory_order_relaxed);
  }

  // Takes the older half of the ring into `to`, which must be the caller's and
  // empty, and returns one of them to run; null if there was nothing.
  Goroutine* StealInto(RunQueue* to) {
    if (RingSize() == 0 || !lock_.TryLock()) return nullptr;
    uint32_t count = RingSize();
    count -= count / 2;
    Goroutine* batch[kSize / 2];
    for (uint32_t i = 0; i < count; ++i) batch[i] = PopRing();
    lock_.Unlock();
    if (count == 0) return nullptr;
    OwnerSection section(&to->lock_);
    for (uint32_t i = 0; i < count - 1; ++i) to->PushRing(batch[i], nullptr);
    return batch[count - 1];
  }

  // Takes the goroutine that its P wanted to run next, if that still is `g`.
  Goroutine* StealNext(const Goroutine* g) {
    if (g == nullptr || !lock_.TryLock()) return nullptr;
    Goroutine* next = next_.load(std::memory_order_relaxed);
    if (next == g) {
      next_.store(nullptr, std::memory_order_relaxed);
    } else {
      next = nullptr;
    }
    lock_.Unlock();
    return next;
  }

 private:
  class OwnerSection {
   public:
    explicit OwnerSection(BiasedLock* lock)
        : lock_(lock), biased_(lock->OwnerLock()) {}
    ~OwnerSection() { lock_->OwnerUnlock(biased_); }
    OwnerSection(const OwnerSection&) = delete;
    OwnerSection& operator=(const OwnerSection&) = delete;

   private:
    BiasedLock* const lock_;
    const bool biased_;
  };

  // These under lock_.
  void PushRing(Goroutine* g, GoroutineList* overflow) {
    if (RingSize() == kSize) [[unlikely]] {
      MoveHalf(overflow);
      overflow->PushBack(g);
      return;
    }
    Append(g);
  }

  // There is room.
  void Append(Goroutine* g) {
    uint32_t tail = tail_.load(std::memory_order_relaxed);
    ring_[tail % kSize] = g;
    tail_.store(tail + 1, std::memory_order_relaxed);
  }

  [[gnu::noinline]] void MoveHalf(GoroutineList* to) {
    for (uint32_t i = 0; i < kSize / 2; ++i) to->PushBack(PopRing());
  }

  // The ring is not empty.
  Goroutine* PopRing() {
    uint32_t head = head_.load(std::memory_order_relaxed);
    head_.store(head + 1, std::memory_order_relaxed);
    return ring_[head % kSize];
  }

  // Those who come soon have often left the cache: first the block, then what
  // it points to. There are three at least.
  void PrefetchRing() const {
    uint32_t head = head_.load(std::memory_order_relaxed);
    ring_[(head + 2) % kSize]->Prefetch();
    __builtin_prefetch(ring_[head % kSize]->context.sp);
  }

  alignas(64) BiasedLock lock_;
  // Atomic only for those who take a look.
  std::atomic<uint32_t> head_{0};
  std::atomic<uint32_t> tail_{0};
  std::atomic<Goroutine*> next_{nullptr};
  Goroutine* ring_[kSize] = {};
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_RUNQ_H_
