// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/goroutine.h"

#include <atomic>
#include <cstdint>
#include <utility>

#include "runtime/internal/sanitizer.h"

namespace rt::internal {

GoroutinePool& GoroutinePool::Get() {
  static constinit GoroutinePool pool;
  return pool;
}

FreeGoroutines GoroutinePool::Take() {
  FreeGoroutines list;
  RawLock lock(mu_);
  if (lists_ != nullptr) {
    list.first_ = lists_;
    list.size_ = static_cast<int>(lists_->thread_locks);
    lists_ = static_cast<Goroutine*>(lists_->context.sp);
    return list;
  }
  auto* chunk = new Chunk;
  KeepReachable(chunk, sizeof(Chunk));
  // The first one is the first to be used, as a dump shows them.
  for (int i = Chunk::kSize; i-- > 0;) list.Push(&chunk->blocks[i]);
  // Release: publishes the chunk; pairs with the acquire in ForEach.
  if (last_ == nullptr) {
    first_.store(chunk, std::memory_order_release);
  } else {
    last_->next.store(chunk, std::memory_order_release);
  }
  last_ = chunk;
  return list;
}

void GoroutinePool::Give(FreeGoroutines list) {
  if (list.size_ == 0) return;
  list.first_->thread_locks = static_cast<uint32_t>(list.size_);
  RawLock lock(mu_);
  list.first_->context.sp = lists_;
  lists_ = list.first_;
}

Goroutine* GoroutineCache::Take() {
  if (free_.size() == 0) std::swap(free_, spare_);
  if (free_.size() == 0) free_ = GoroutinePool::Get().Take();
  return free_.Pop();
}

void GoroutineCache::Give(Goroutine* g) {
  constexpr int kFull = 256;
  free_.Push(g);
  if (free_.size() < kFull) return;
  GoroutinePool::Get().Give(spare_);
  spare_ = std::exchange(free_, FreeGoroutines());
}

void GoroutineCache::GiveAll() {
  GoroutinePool::Get().Give(std::exchange(free_, FreeGoroutines()));
  GoroutinePool::Get().Give(std::exchange(spare_, FreeGoroutines()));
}

}  // namespace rt::internal
