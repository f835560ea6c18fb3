// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/goroutine.h"

#include <atomic>
#include <utility>

namespace rt::internal {

GoroutinePool& GoroutinePool::Get() {
  // Never destroyed: threads may run while the program ends.
  static auto* pool = new GoroutinePool;
  return *pool;
}

void GoroutinePool::Take(GoroutineList* to, int count) {
  RawLock lock(mu_);
  if (free_.empty()) {
    auto* chunk = new Chunk;
    for (Goroutine& g : chunk->blocks) free_.PushBack(&g);
    // Release: publishes the chunk; pairs with the acquire in ForEach.
    if (last_ == nullptr) {
      first_.store(chunk, std::memory_order_release);
    } else {
      last_->next.store(chunk, std::memory_order_release);
    }
    last_ = chunk;
  }
  for (; count > 0 && !free_.empty(); --count) to->PushBack(free_.PopFront());
}

void GoroutinePool::Give(GoroutineList* from) {
  RawLock lock(mu_);
  free_.Append(from);
}

Goroutine* GoroutineCache::Take() {
  if (free_.empty()) std::swap(free_, spare_);
  if (free_.empty()) GoroutinePool::Get().Take(&free_, kTaken);
  return free_.PopFront();
}

void GoroutineCache::Give(Goroutine* g) {
  free_.PushFront(g);
  if (free_.size() < kGiven) return;
  GoroutinePool::Get().Give(&spare_);
  std::swap(free_, spare_);
}

void GoroutineCache::GiveAll() {
  GoroutinePool::Get().Give(&free_);
  GoroutinePool::Get().Give(&spare_);
}

}  // namespace rt::internal
