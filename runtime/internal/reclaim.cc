// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/reclaim.h"

#include "absl/base/thread_annotations.h"
#include "runtime/internal/raw_mutex.h"

namespace rt::internal {
namespace {

// A line of its own for each thread, as long as there are not more threads
// than lines. Which line a reader uses is a matter of speed only.
constexpr uint32_t kLines = 64;

struct alignas(64) Line {
  ReaderCount readers[2];
};

constinit Line lines[kLines];
constinit std::atomic<uint32_t> lines_used{0};
constinit std::atomic<uint64_t> epoch{2};

// A number of the thread; 0: not yet given.
constinit thread_local uint32_t thread_number = 0;

uint32_t NewThreadNumber() {
  static constinit std::atomic<uint32_t> last{0};
  uint32_t number = last.fetch_add(1, std::memory_order_relaxed) + 1;
  uint32_t used = lines_used.load(std::memory_order_relaxed);
  uint32_t needed = number < kLines ? number : kLines;
  // Sequentially consistent: before the thread is first counted.
  while (used < needed && !lines_used.compare_exchange_weak(used, needed)) {
  }
  return number;
}

// First in, first out, so in the order of epochs.
struct Waiting {
  RawMutex mu{LockRank::kReclaim};
  Retired* first ABSL_GUARDED_BY(mu) = nullptr;
  Retired* last ABSL_GUARDED_BY(mu) = nullptr;
  int64_t size ABSL_GUARDED_BY(mu) = 0;
};
constinit Waiting waiting;

bool HasReaders(uint64_t of_epoch) {
  uint32_t used = lines_used.load(std::memory_order_seq_cst);
  for (uint32_t i = 0; i < used; ++i) {
    if (lines[i].readers[of_epoch & 1].load(std::memory_order_seq_cst) != 0) {
      return true;
    }
  }
  return false;
}

// Takes out what nobody can read any more, linked by next_retired.
Retired* TakeFree() ABSL_EXCLUSIVE_LOCKS_REQUIRED(waiting.mu) {
  uint64_t now = epoch.load(std::memory_order_relaxed);
  // Twice suffices for all that has been retired, if nobody reads.
  for (int i = 0; i < 2 && !HasReaders(now - 1); ++i) {
    epoch.store(++now, std::memory_order_seq_cst);
  }
  Retired* free = nullptr;
  Retired** end = &free;
  while (waiting.first != nullptr && waiting.first->epoch + 2 <= now) {
    *end = waiting.first;
    end = &waiting.first->next_retired;
    waiting.first = waiting.first->next_retired;
    --waiting.size;
  }
  *end = nullptr;
  return free;
}

}  // namespace

ReaderCount* EnterReadSection() {
  if (thread_number == 0) thread_number = NewThreadNumber();
  Line& line = lines[(thread_number - 1) % kLines];
  for (;;) {
    uint64_t now = epoch.load(std::memory_order_relaxed);
    ReaderCount* count = &line.readers[now & 1];
    count->fetch_add(1, std::memory_order_seq_cst);
    // Counted in the epoch that still is: E1.
    if (epoch.load(std::memory_order_seq_cst) == now) return count;
    count->fetch_sub(1, std::memory_order_relaxed);
  }
}

void Retire(Retired* object) {
  Retired* free;
  {
    RawLock lock(waiting.mu);
    // Nobody else changes it: the caller has cut the links before.
    object->epoch = epoch.load(std::memory_order_seq_cst);
    object->next_retired = nullptr;
    (waiting.first == nullptr ? waiting.first : waiting.last->next_retired) =
        object;
    waiting.last = object;
    ++waiting.size;
    free = TakeFree();
  }
  while (free != nullptr) {
    Retired* next = free->next_retired;
    free->destroy(free);
    free = next;
  }
}

int64_t RetiredCount() {
  RawLock lock(waiting.mu);
  return waiting.size;
}

}  // namespace rt::internal
