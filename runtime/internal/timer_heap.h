// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// TimerHeap: which sleeping goroutine wakes next.
//
// Threads: any; one lock. NextNs without it.

#ifndef RUNTIME_INTERNAL_TIMER_HEAP_H_
#define RUNTIME_INTERNAL_TIMER_HEAP_H_

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <limits>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "runtime/internal/g.h"
#include "runtime/internal/raw_mutex.h"

namespace rt::internal {

class TimerHeap {
 public:
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

  // When the next one is due; kNever if nobody sleeps.
  int64_t NextNs() const { return next_ns_.load(std::memory_order_seq_cst); }

  // True if `g` is now the first to wake.
  bool Add(int64_t when_ns, G* g) {
    RawLock lock(mu_);
    heap_.push_back({when_ns, sequence_++, g});
    std::push_heap(heap_.begin(), heap_.end(), Later);
    return UpdateNext() && heap_.front().g == g;
  }

  // The one that is due first, if it is due at now_ns; else null. Of two that
  // are due at the same time the one that went to sleep first.
  G* PopDue(int64_t now_ns) {
    if (NextNs() > now_ns) return nullptr;
    RawLock lock(mu_);
    if (heap_.empty() || heap_.front().when_ns > now_ns) return nullptr;
    G* g = heap_.front().g;
    std::pop_heap(heap_.begin(), heap_.end(), Later);
    heap_.pop_back();
    UpdateNext();
    return g;
  }

 private:
  struct Entry {
    int64_t when_ns;
    uint64_t sequence;
    G* g;
  };
  static bool Later(const Entry& a, const Entry& b) {
    return a.when_ns != b.when_ns ? a.when_ns > b.when_ns
                                  : a.sequence > b.sequence;
  }

  bool UpdateNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    int64_t next = heap_.empty() ? kNever : heap_.front().when_ns;
    if (next == next_ns_.load(std::memory_order_relaxed)) return false;
    // Sequentially consistent: a thread that adds a timer and then finds nobody
    // waiting for it, and one that begins to wait, cannot miss each other.
    next_ns_.store(next, std::memory_order_seq_cst);
    return true;
  }

  RawMutex mu_;
  std::vector<Entry> heap_ ABSL_GUARDED_BY(mu_);
  uint64_t sequence_ ABSL_GUARDED_BY(mu_) = 0;
  std::atomic<int64_t> next_ns_{kNever};  // Written under mu_.
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_TIMER_HEAP_H_
