// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/sema.h"

#include <cstddef>
#include <cstdint>

#include "runtime/internal/host.h"
#include "runtime/internal/host_seeing.h"

namespace rt::internal {
namespace {

// A power of two. More than goroutines usually wait at; each 64 bytes, so that
// two busy queues do not share a cache line.
constexpr size_t kQueues = 1024;

struct alignas(64) PaddedQueue {
  SemaQueue queue;
};

constinit PaddedQueue queues[kQueues];

bool UnlockAfterPark(G*, void* mu) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  static_cast<RawMutex*>(mu)->Unlock();
  return true;
}

}  // namespace

SemaWaiter WaiterAt(const void* key, WaitReason reason) {
  SemaWaiter self;
  self.g = host::MustBeG(reason);
  self.key = key;
  return self;
}

SemaQueue& SemaQueueFor(const void* key) {
  // Fibonacci hashing: the product's upper bits depend on all of the address.
  constexpr uint64_t kGolden = 0x9e3779b97f4a7c15;
  uint64_t hash = reinterpret_cast<uintptr_t>(key) * kGolden;
  return queues[(hash >> 32) % kQueues].queue;
}

SemaWaiter** SemaQueue::Find(const void* key) {
  SemaWaiter** at = &keys_;
  while (*at != nullptr && (*at)->key != key) at = &(*at)->next_key;
  return at;
}

void SemaQueue::PushBack(SemaWaiter* w) {
  w->contention_ns = host::ContentionNs();
  SemaWaiter** at = Find(w->key);
  w->next = nullptr;
  if (SemaWaiter* first = *at) {
    first->last->next = w;
    first->last = w;
  } else {
    w->last = w;
    w->next_key = nullptr;
    *at = w;
  }
}

void SemaQueue::PushFront(SemaWaiter* w) {
  w->contention_ns = host::ContentionNs();
  SemaWaiter** at = Find(w->key);
  SemaWaiter* first = *at;
  w->next = first;
  w->last = first != nullptr ? first->last : w;
  w->next_key = first != nullptr ? first->next_key : nullptr;
  *at = w;
}

SemaWaiter* SemaQueue::Pop(const void* key) {
  SemaWaiter** at = Find(key);
  SemaWaiter* first = *at;
  if (first == nullptr) return nullptr;
  if (SemaWaiter* second = first->next) {
    second->last = first->last;
    second->next_key = first->next_key;
    *at = second;
  } else {
    *at = first->next_key;
  }
  return first;
}

SemaWaiter* SemaQueue::PopAll(const void* key) {
  SemaWaiter** at = Find(key);
  SemaWaiter* first = *at;
  if (first != nullptr) *at = first->next_key;
  return first;
}

void ResetSemaQueues() {
  for (PaddedQueue& padded : queues) {
    RawLock lock(padded.queue.mu);
    padded.queue.Clear();
  }
}

void WakeForLock(SemaWaiter* w) {
  int64_t since_ns = w->contention_ns;
  host::Ready(w->g);
  host::NoteContention(since_ns);
}

void WakeOneForLock(const void* key) {
  SemaQueue& queue = SemaQueueFor(key);
  queue.mu.Lock();
  SemaWaiter* w = queue.Pop(key);
  queue.mu.Unlock();
  if (w != nullptr) WakeForLock(w);
}

bool SpinBeforeSleep(int* spins) {
  // Go's values (runtime/lock_spinbit.go, sync_runtime_doSpin): together less
  // than it takes to wake somebody on another core.
  constexpr int kSpins = 4;
  constexpr int kPauses = 30;
  if (*spins == kSpins || !host::MaySpin()) return false;
  ++*spins;
  for (int i = 0; i < kPauses; ++i) CpuRelax();
  return true;
}

// Not analysed: the commit callback unlocks.
void SemaPark(SemaQueue& queue, WaitReason reason,
              const void* object) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  host::Park(reason, object, UnlockAfterPark, &queue.mu);
}

}  // namespace rt::internal
