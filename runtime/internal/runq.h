// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// RunQueue: the runnable goroutines of one P.
//
// A ring of 256 and one more slot, `next`, for the goroutine that was made
// ready last: it runs first, since what it will touch is in the cache, and a
// pair that hands values to and fro never waits for the queue.
//
// Threads: Push*, Pop: the owner, which is the M that has the P. Steal, Empty:
//          any thread.
// Invariants:
//   R1  the owner alone moves tail_; head_ moves by compare-exchange only.
//   R2  head_ <= tail_ <= head_ + 256 (as counters that wrap around).
//   R3  slots in [head_, tail_) hold goroutines; the owner writes only outside.
//
// After Go's runq functions (runtime/proc.go), whose work-stealing queue it is.

#ifndef RUNTIME_INTERNAL_RUNQ_H_
#define RUNTIME_INTERNAL_RUNQ_H_

#include <atomic>
#include <cstdint>

#include "runtime/internal/goroutine.h"

namespace rt::internal {

class RunQueue {
 public:
  static constexpr uint32_t kSize = 256;

  // Puts g where Pop looks first. What was there goes to the ring's end; if
  // that is full, half of the ring and it go to *overflow.
  void PushNext(Goroutine* g, GoroutineList* overflow) {
    // Sequentially consistent, and before the waker's look at the idle P's:
    // either the waker sees a P go idle, or that P's last look sees g (D-006).
    Goroutine* old = next_.exchange(g, std::memory_order_seq_cst);
    if (old != nullptr) PushBack(old, overflow);
  }

  void PushBack(Goroutine* g, GoroutineList* overflow) {
    // Acquire: pairs with the release in Steal, which has read the slots.
    uint32_t head = head_.load(std::memory_order_acquire);
    uint32_t tail = tail_.load(std::memory_order_relaxed);
    if (tail - head == kSize) {
      if (MoveHalf(head, overflow)) {
        overflow->PushBack(g);
        return;
      }
      // A thief made room meanwhile.
    }
    ring_[tail % kSize].store(g, std::memory_order_relaxed);
    // Release: publishes the slot; pairs with the acquire in Steal.
    tail_.store(tail + 1, std::memory_order_release);
  }

  // The goroutine to run; null if there is none. *was_next tells whether it
  // came from the slot that goes first. With `skip_next` that slot waits its
  // turn behind the ring.
  Goroutine* Pop(bool skip_next, bool* was_next) {
    *was_next = false;
    if (skip_next) {
      if (Goroutine* g = PopRing()) return g;
    }
    // Relaxed load: only the owner fills the slot; a thief may empty it.
    if (next_.load(std::memory_order_relaxed) != nullptr) {
      // Acquire: what the pusher wrote, if a thief moved the slot's content.
      if (Goroutine* g = next_.exchange(nullptr, std::memory_order_acquire)) {
        *was_next = true;
        return g;
      }
    }
    return PopRing();
  }

  // Nothing to run. Exact only if the owner is asleep.
  bool Empty() const {
    // Sequentially consistent: the other half of what PushNext says.
    if (next_.load(std::memory_order_seq_cst) != nullptr) return false;
    return head_.load(std::memory_order_acquire) ==
           tail_.load(std::memory_order_acquire);
  }

  // How many goroutines are in the ring; a snapshot.
  uint32_t RingSize() const {
    uint32_t head = head_.load(std::memory_order_acquire);
    return tail_.load(std::memory_order_acquire) - head;
  }

  // Who is in the slot that goes first, only to be compared; null if nobody.
  const Goroutine* PeekNext() const {
    return next_.load(std::memory_order_relaxed);
  }

  // Takes the older half of the ring into `to`, which must be the caller's and
  // empty, and returns one of them to run; null if there was nothing.
  Goroutine* StealInto(RunQueue* to) {
    for (;;) {
      // Acquire: pairs with other thieves' and the owner's moves of head_.
      uint32_t head = head_.load(std::memory_order_acquire);
      // Acquire: pairs with the release in PushBack; the slots are filled.
      uint32_t tail = tail_.load(std::memory_order_acquire);
      uint32_t count = tail - head;
      count -= count / 2;
      if (count == 0) return nullptr;
      if (count > kSize / 2)
        continue;  // head and tail did not belong together.
      uint32_t at = to->tail_.load(std::memory_order_relaxed);
      for (uint32_t i = 0; i < count; ++i) {
        Goroutine* g =
            ring_[(head + i) % kSize].load(std::memory_order_relaxed);
        to->ring_[(at + i) % kSize].store(g, std::memory_order_relaxed);
      }
      // Release: the slots are read; the owner may fill them again.
      if (head_.compare_exchange_weak(head, head + count,
                                      std::memory_order_acq_rel)) {
        --count;
        Goroutine* last =
            to->ring_[(at + count) % kSize].load(std::memory_order_relaxed);
        // Release: as in PushBack.
        to->tail_.store(at + count, std::memory_order_release);
        return last;
      }
    }
  }

  // Takes the goroutine that its P wanted to run next, if that still is `g`.
  Goroutine* StealNext(const Goroutine* g) {
    auto* expected = const_cast<Goroutine*>(g);
    // Acquire: what the pusher wrote.
    return next_.compare_exchange_strong(expected, nullptr,
                                         std::memory_order_acq_rel)
               ? expected
               : nullptr;
  }

 private:
  Goroutine* PopRing() {
    for (;;) {
      // Acquire: pairs with thieves' moves of head_.
      uint32_t head = head_.load(std::memory_order_acquire);
      uint32_t tail = tail_.load(std::memory_order_relaxed);
      if (head == tail) return nullptr;
      Goroutine* g = ring_[head % kSize].load(std::memory_order_relaxed);
      // Release: pairs with the acquire in PushBack.
      if (head_.compare_exchange_weak(head, head + 1,
                                      std::memory_order_acq_rel)) {
        return g;
      }
    }
  }

  // The owner takes the older half out; false if a thief was faster.
  bool MoveHalf(uint32_t head, GoroutineList* to) {
    Goroutine* batch[kSize / 2];
    for (uint32_t i = 0; i < kSize / 2; ++i) {
      batch[i] = ring_[(head + i) % kSize].load(std::memory_order_relaxed);
    }
    if (!head_.compare_exchange_strong(head, head + kSize / 2,
                                       std::memory_order_acq_rel)) {
      return false;
    }
    for (Goroutine* g : batch) to->PushBack(g);
    return true;
  }

  // Thieves write head_ and look at the rest; the owner writes all.
  alignas(64) std::atomic<uint32_t> head_{0};
  alignas(64) std::atomic<uint32_t> tail_{0};
  std::atomic<Goroutine*> next_{nullptr};
  std::atomic<Goroutine*> ring_[kSize] = {};
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_RUNQ_H_
