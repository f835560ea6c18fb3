// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// TimerHeap: what is due next, of one P.
//
// A heap of sixteen-byte entries, four children each: a time, and who waits for
// it, which is a goroutine that sleeps or a Timer. Sleepers cannot be stopped,
// so moving their entries touches nothing else; a Timer learns its position.
//
// Threads: any. NextNs without the lock.
// Memory:  the entries' pages come from the kernel and are never given back:
//          no lock of malloc's is taken here, so a thread that is stopped while
//          it holds one stops no timers.
// Invariants (hold whenever mu_ is free):
//   T1  next_ns_ is the first entry's time; kNever if there is none.
//   T2  timer->home is this heap <=> its entry is here or its call, for which
//       an entry was taken from here, is going on.
//   T3  a retired heap is empty; what would be added to it goes to another.
//
// The layout is that of Go's timers (runtime/time.go): a 4-ary heap by
// processor, run by its owner and by whoever finds nothing else to do.

#ifndef RUNTIME_INTERNAL_TIMER_HEAP_H_
#define RUNTIME_INTERNAL_TIMER_HEAP_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "runtime/internal/g.h"
#include "runtime/internal/raw_mutex.h"
#include "runtime/internal/sanitizer.h"
#include "runtime/internal/timer.h"

namespace rt::internal {

class TimerHeap {
 public:
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

  constexpr TimerHeap() = default;
  TimerHeap(const TimerHeap&) = delete;
  TimerHeap& operator=(const TimerHeap&) = delete;

  // When the next one is due; kNever if there is none.
  int64_t NextNs() const { return next_ns_.load(std::memory_order_seq_cst); }

  // Adds a goroutine that sleeps. True if it is now the first to wake.
  bool AddSleeper(int64_t when_ns, G* g);

  // Arms a timer, for another time if it is armed already. A disarmed one goes
  // to this heap. True if the heap that it is in now has an earlier first time.
  bool Start(Timer* timer, int64_t when_ns, int64_t period_ns);

  // Disarms a timer, wherever it is. True if it was armed. Waits for its call.
  static bool Stop(Timer* timer);

  // Takes out all that is due at now_ns: passes sleepers to `wake`, which runs
  // under the heap's lock, and makes the timers' calls. True if there were any.
  bool RunDue(int64_t now_ns, absl::FunctionRef<void(G*)> wake);

  // Moves everything to `heir`, where from now on all goes that would be added
  // here; null: it is used again. True if `heir` has an earlier first time.
  bool Retire(TimerHeap* heir);

  // How many there are, more or less: read without the lock, for reports.
  RT_NO_TSAN uint32_t SizeNow() const ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return __atomic_load_n(&size_, __ATOMIC_RELAXED);
  }

  // Forgets everything; timers are disarmed.
  void Clear();

 private:
  struct Entry {
    int64_t when_ns;
    uintptr_t who;  // A G*, or a Timer* and 1.
  };

  static Timer* TimerOf(const Entry& e) {
    return (e.who & 1) != 0 ? reinterpret_cast<Timer*>(e.who - 1) : nullptr;
  }

  // Locks the timer's heap, or returns null if it is in none.
  static TimerHeap* LockHome(Timer* timer);
  void FinishCall(Timer* timer);

  void Place(uint32_t i, const Entry& e) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Add(const Entry& e) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void RemoveAt(uint32_t i) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Puts e, whose place is at i or above or below, where it belongs.
  void SiftUp(uint32_t i, const Entry& e) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void SiftDown(uint32_t i, const Entry& e) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Sift(uint32_t i, const Entry& e) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Grow() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Restores T1. True if the first time is an earlier one than before.
  bool Publish() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  RawMutex mu_{LockRank::kTimers};
  // Children of i are 4i + 1 to 4i + 4; entry 1 begins a cache line.
  Entry* entries_ ABSL_GUARDED_BY(mu_) = nullptr;
  uint32_t size_ ABSL_GUARDED_BY(mu_) = 0;
  uint32_t room_ ABSL_GUARDED_BY(mu_) = 0;
  TimerHeap* heir_ ABSL_GUARDED_BY(mu_) = nullptr;  // If retired.
  std::atomic<int64_t> next_ns_{kNever};            // Written under mu_.
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_TIMER_HEAP_H_
