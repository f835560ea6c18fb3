// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/timer_heap.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "runtime/internal/pages.h"
#include "runtime/internal/sanitizer.h"

namespace rt::internal {
namespace {

constexpr size_t kFirstBytes = kPageBytes;
// Entries before the first: so that entry 1 begins a cache line.
constexpr uint32_t kPadding = 3;

// The first time after now_ns that is a number of periods after when_ns: what
// was missed is not made up for.
int64_t NextPeriod(int64_t when_ns, int64_t period_ns, int64_t now_ns) {
  int64_t next;
  if (__builtin_mul_overflow((now_ns - when_ns) / period_ns + 1, period_ns,
                             &next) ||
      __builtin_add_overflow(when_ns, next, &next)) {
    return TimerHeap::kNever - 1;
  }
  return next;
}

}  // namespace

bool TimerHeap::AddSleeper(int64_t when_ns,
                           G* g) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  mu_.Lock();
  if (TimerHeap* heir = heir_) {
    mu_.Unlock();
    return heir->AddSleeper(when_ns, g);
  }
  Add({when_ns, reinterpret_cast<uintptr_t>(g)});
  bool first = Publish();
  mu_.Unlock();
  return first;
}

TimerHeap* TimerHeap::LockHome(Timer* timer) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  for (;;) {
    // Acquire: pairs with the releases below. Null says that the last call is
    // over, and its caller done with the timer.
    void* home = timer->home.load(std::memory_order_acquire);
    if (home == nullptr) return nullptr;
    auto* heap = static_cast<TimerHeap*>(home);
    heap->mu_.Lock();
    // It may have been moved, or have left, before the lock was ours.
    if (timer->home.load(std::memory_order_relaxed) == home) return heap;
    heap->mu_.Unlock();
  }
}

bool TimerHeap::Start(Timer* timer, int64_t when_ns,
                      int64_t period_ns) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  Entry entry = {when_ns, reinterpret_cast<uintptr_t>(timer) | 1};
  for (;;) {
    TimerHeap* heap = LockHome(timer);
    if (heap == nullptr) {
      heap = this;
      heap->mu_.Lock();
      while (TimerHeap* heir = heap->heir_) {
        heap->mu_.Unlock();
        heap = heir;
        heap->mu_.Lock();
      }
      void* none = nullptr;
      // Release: publishes the fields that mu_ guards to who locks this heap
      // for the first time.
      if (!timer->home.compare_exchange_strong(none, heap,
                                               std::memory_order_release,
                                               std::memory_order_relaxed)) {
        heap->mu_.Unlock();  // Somebody else has just armed it.
        continue;
      }
      heap->Add(entry);
    } else if (timer->firing) {
      heap->mu_.Unlock();
      sched_yield();
      continue;
    } else {
      heap->Sift(timer->position, entry);
    }
    timer->period_ns = period_ns;
    bool first = heap->Publish();
    heap->mu_.Unlock();
    return first;
  }
}

bool TimerHeap::Stop(Timer* timer) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  bool was_armed = false;
  for (;;) {
    TimerHeap* heap = LockHome(timer);
    if (heap == nullptr) return was_armed;
    if (timer->position != Timer::kNotQueued) {
      was_armed = true;
      heap->RemoveAt(timer->position);
      timer->position = Timer::kNotQueued;
      heap->Publish();
    }
    bool firing = timer->firing;
    if (!firing) timer->home.store(nullptr, std::memory_order_release);
    heap->mu_.Unlock();
    if (!firing) return was_armed;
    sched_yield();
  }
}

bool TimerHeap::RunDue(int64_t now_ns, absl::FunctionRef<void(G*)> wake)
    ABSL_NO_THREAD_SAFETY_ANALYSIS {
  bool any = false;
  mu_.Lock();
  while (size_ > 0 && entries_[0].when_ns <= now_ns) {
    any = true;
    Entry first = entries_[0];
    Timer* timer = TimerOf(first);
    if (timer == nullptr) {
      RemoveAt(0);
      wake(reinterpret_cast<G*>(first.who));
      continue;
    }
    if (timer->period_ns > 0) {
      first.when_ns = NextPeriod(first.when_ns, timer->period_ns, now_ns);
      SiftDown(0, first);
      if (timer->firing) continue;  // Too slow for its period: leave one out.
    } else {
      RemoveAt(0);
      timer->position = Timer::kNotQueued;
    }
    timer->firing = true;
    Publish();
    mu_.Unlock();
    timer->fire(timer, now_ns);
    FinishCall(timer);
    mu_.Lock();
  }
  if (any) Publish();
  mu_.Unlock();
  return any;
}

void TimerHeap::FinishCall(Timer* timer) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  TimerHeap* heap = LockHome(timer);  // A periodic one may have been moved.
  timer->firing = false;
  if (timer->position == Timer::kNotQueued) {
    timer->home.store(nullptr, std::memory_order_release);
  }
  heap->mu_.Unlock();  // From here on the owner may destroy the timer.
}

bool TimerHeap::Retire(TimerHeap* heir) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  if (heir == nullptr) {
    RawLock lock(mu_);
    heir_ = nullptr;
    return false;
  }
  // One lock after the other, never the other way round: only the heap of P 0
  // inherits, and it does not retire.
  RawLock from(mu_);
  RawLock to(heir->mu_);
  heir_ = heir;
  for (uint32_t i = 0; i < size_; ++i) {
    if (Timer* timer = TimerOf(entries_[i])) {
      timer->home.store(heir, std::memory_order_release);
    }
    heir->Add(entries_[i]);
  }
  size_ = 0;
  Publish();
  return heir->Publish();
}

void TimerHeap::Clear() {
  RawLock lock(mu_);
  for (uint32_t i = 0; i < size_; ++i) {
    if (Timer* timer = TimerOf(entries_[i])) {
      timer->position = Timer::kNotQueued;
      timer->home.store(nullptr, std::memory_order_release);
      MayLeak(timer);  // As the goroutines that did not end.
    }
  }
  size_ = 0;
  heir_ = nullptr;
  Publish();
}

void TimerHeap::Place(uint32_t i, const Entry& e) {
  entries_[i] = e;
  if (Timer* timer = TimerOf(e)) timer->position = i;
}

void TimerHeap::Add(const Entry& e) {
  if (size_ == room_) Grow();
  SiftUp(size_++, e);
}

void TimerHeap::RemoveAt(uint32_t i) {
  Entry last = entries_[--size_];
  if (i != size_) Sift(i, last);
}

void TimerHeap::SiftUp(uint32_t i, const Entry& e) {
  while (i > 0) {
    uint32_t parent = (i - 1) / 4;
    if (entries_[parent].when_ns <= e.when_ns) break;
    Place(i, entries_[parent]);
    i = parent;
  }
  Place(i, e);
}

void TimerHeap::SiftDown(uint32_t i, const Entry& e) {
  for (;;) {
    // As 64 bits: the last entries have no children to number.
    uint64_t first = uint64_t{4} * i + 1;
    if (first >= size_) break;
    auto least = static_cast<uint32_t>(first);
    auto end = static_cast<uint32_t>(std::min<uint64_t>(first + 4, size_));
    for (uint32_t child = least + 1; child < end; ++child) {
      if (entries_[child].when_ns < entries_[least].when_ns) least = child;
    }
    if (e.when_ns <= entries_[least].when_ns) break;
    Place(i, entries_[least]);
    i = least;
  }
  Place(i, e);
}

void TimerHeap::Sift(uint32_t i, const Entry& e) {
  if (i > 0 && e.when_ns < entries_[(i - 1) / 4].when_ns) {
    SiftUp(i, e);
  } else {
    SiftDown(i, e);
  }
}

void TimerHeap::Grow() {
  size_t old_bytes =
      entries_ == nullptr ? 0 : (room_ + kPadding) * sizeof(Entry);
  size_t bytes = std::max(kFirstBytes, 2 * old_bytes);
  Entry* entries = static_cast<Entry*>(MapPages(bytes)) + kPadding;
  if (entries_ != nullptr) {
    std::memcpy(entries, entries_, size_ * sizeof(Entry));
    UnmapPages(entries_ - kPadding, old_bytes);
  }
  entries_ = entries;
  room_ = static_cast<uint32_t>(bytes / sizeof(Entry)) - kPadding;
}

bool TimerHeap::Publish() {
  int64_t next = size_ == 0 ? kNever : entries_[0].when_ns;
  int64_t before = next_ns_.load(std::memory_order_relaxed);
  if (next == before) return false;
  // Sequentially consistent: a thread that adds a timer and then finds nobody
  // waiting for it, and one that begins to wait, cannot miss each other.
  next_ns_.store(next, std::memory_order_seq_cst);
  return next < before;
}

}  // namespace rt::internal
