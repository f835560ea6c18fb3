// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/tracer.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

#include "runtime/internal/futex.h"
#include "runtime/internal/m.h"
#include "runtime/internal/p.h"
#include "runtime/internal/pages.h"
#include "runtime/internal/raw_mutex.h"

namespace rt::internal {

constinit std::atomic<bool> tracing{false};

namespace {

// Some 130 KiB.
constexpr int kChunkEvents = 4096;

// A quarter of a gigabyte, several seconds of a busy scheduler.
constexpr int64_t kMaxChunks = 2048;

struct Chunk {
  Chunk* next;
  int size;
  TraceEvent events[kChunkEvents];
};

// What one thread has recorded.
struct Buffer {
  RawMutex mu{LockRank::kTrace};
  Buffer* next = nullptr;  // In the list of all; constant once there.
  Chunk* chunks ABSL_GUARDED_BY(mu) = nullptr;  // The last one first.
  int64_t dropped ABSL_GUARDED_BY(mu) = 0;
};

// Not from the heap, whose lock the interrupted code may hold.
template <typename T>
T* Map() {
  void* memory = TryMapPages(sizeof(T));
  return memory == nullptr ? nullptr : new (memory) T;
}

std::atomic<Buffer*> buffers{nullptr};  // They are used again, never unmapped.
std::atomic<int64_t> chunks_left{0};
std::atomic<int64_t> begin_ns{0};

constinit thread_local Buffer* own_buffer = nullptr;

Buffer* OwnBuffer() {
  if (own_buffer == nullptr) {
    own_buffer = Map<Buffer>();
    if (own_buffer == nullptr) return nullptr;
    own_buffer->next = buffers.load(std::memory_order_relaxed);
    // Release: pairs with the acquire in StopTracing.
    while (!buffers.compare_exchange_weak(own_buffer->next, own_buffer,
                                          std::memory_order_release,
                                          std::memory_order_relaxed)) {
    }
  }
  return own_buffer;
}

// Room for one more event; null if there is none.
TraceEvent* Next(Buffer* buffer) ABSL_EXCLUSIVE_LOCKS_REQUIRED(buffer->mu) {
  Chunk* chunk = buffer->chunks;
  if (chunk == nullptr || chunk->size == kChunkEvents) {
    if (chunks_left.fetch_sub(1, std::memory_order_relaxed) <= 0) {
      return nullptr;
    }
    Chunk* fresh = Map<Chunk>();
    if (fresh == nullptr) return nullptr;
    fresh->next = chunk;
    fresh->size = 0;
    buffer->chunks = chunk = fresh;
  }
  return &chunk->events[chunk->size++];
}

}  // namespace

void TraceSlow(TraceKind kind, uint64_t g, uint64_t arg, uint8_t detail) {
  NoPreempt region;
  Buffer* buffer = OwnBuffer();
  if (buffer == nullptr) return;
  const M* m = CurrentM();
  const P* p = m != nullptr ? m->p : nullptr;
  RawLock lock(buffer->mu);
  // Looked at again under the lock, which StopTracing takes after clearing it.
  if (!tracing.load(std::memory_order_relaxed)) return;
  TraceEvent* event = Next(buffer);
  if (event == nullptr) {
    ++buffer->dropped;
    return;
  }
  *event = {MonotonicNs(),
            g,
            arg,
            m != nullptr ? m->id : -1,
            static_cast<int16_t>(p != nullptr ? p->id : -1),
            kind,
            detail};
}

bool StartTracing() {
  if (tracing.load(std::memory_order_relaxed)) return false;
  chunks_left.store(kMaxChunks, std::memory_order_relaxed);
  begin_ns.store(MonotonicNs(), std::memory_order_relaxed);
  tracing.store(true, std::memory_order_release);
  return true;
}

TraceRecord StopTracing() {
  TraceRecord record;
  record.begin_ns = begin_ns.load(std::memory_order_relaxed);
  tracing.store(false, std::memory_order_relaxed);
  for (Buffer* buffer = buffers.load(std::memory_order_acquire);
       buffer != nullptr; buffer = buffer->next) {
    buffer->mu.Lock();
    Chunk* chunk = buffer->chunks;
    record.dropped += buffer->dropped;
    buffer->chunks = nullptr;
    buffer->dropped = 0;
    buffer->mu.Unlock();
    while (chunk != nullptr) {
      record.events.insert(record.events.end(), chunk->events,
                           chunk->events + chunk->size);
      Chunk* next = chunk->next;
      UnmapPages(chunk, sizeof(Chunk));
      chunk = next;
    }
  }
  record.end_ns = MonotonicNs();
  std::stable_sort(
      record.events.begin(), record.events.end(),
      [](const TraceEvent& a, const TraceEvent& b) { return a.ns < b.ns; });
  return record;
}

}  // namespace rt::internal
