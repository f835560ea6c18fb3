// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/stack_table.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>
#include <vector>

#include "runtime/internal/pages.h"
#include "runtime/internal/raw_mutex.h"

namespace rt::internal {
namespace {

uint64_t Hash(void* const* pcs, int size) {
  constexpr uint64_t kGolden = 0x9e3779b97f4a7c15;
  uint64_t hash = 0;
  for (int i = 0; i < size; ++i) {
    hash = (hash ^ reinterpret_cast<uintptr_t>(pcs[i])) * kGolden;
    hash ^= hash >> 32;
  }
  return hash;
}

}  // namespace

void* StackTable::Allocate(size_t bytes) {
  bytes = (bytes + alignof(Node) - 1) / alignof(Node) * alignof(Node);
  if (bytes > free_bytes_) {
    if (chunks_ == kMaxChunks) return nullptr;
    void* chunk = TryMapPages(kChunkBytes);
    if (chunk == nullptr) return nullptr;
    ++chunks_;
    free_ = static_cast<std::byte*>(chunk);
    free_bytes_ = kChunkBytes;
  }
  free_bytes_ -= bytes;
  return std::exchange(free_, free_ + bytes);
}

StackTable::Node* StackTable::Find(void* const* pcs, int size) {
  uint64_t hash = Hash(pcs, size);
  Node*& first = buckets_[hash % kBuckets];
  for (Node* node = first; node != nullptr; node = node->next) {
    if (node->hash == hash && node->size == size &&
        std::equal(pcs, pcs + size, node->pcs)) {
      return node;
    }
  }
  void* memory =
      Allocate(offsetof(Node, pcs) + static_cast<size_t>(size) * sizeof(void*));
  if (memory == nullptr) return nullptr;
  auto* node = static_cast<Node*>(memory);
  node->next = first;
  node->hash = hash;
  node->count = node->ns = 0;
  node->size = size;
  std::copy(pcs, pcs + size, node->pcs);
  first = node;
  ++nodes_;
  return node;
}

void StackTable::Add(void* const* pcs, int size, double count, double ns) {
  RawLock lock(mu_);
  Node* node = Find(pcs, size);
  (node != nullptr ? node->count : lost_count_) += count;
  (node != nullptr ? node->ns : lost_ns_) += ns;
}

std::vector<StackTable::Entry> StackTable::Read() {
  struct Seen {
    const Node* node;
    double count;
    double ns;
  };
  std::vector<Seen> seen;
  double lost_count;
  double lost_ns;
  for (size_t room = 256;; room *= 2) {
    seen.reserve(room);
    RawLock lock(mu_);
    // Under the lock nothing is allocated: malloc's may be somebody's who waits
    // for this one.
    if (nodes_ > room) continue;
    for (const Node* first : buckets_) {
      for (const Node* node = first; node != nullptr; node = node->next) {
        seen.push_back({node, node->count, node->ns});
      }
    }
    lost_count = lost_count_;
    lost_ns = lost_ns_;
    break;
  }
  std::vector<Entry> result;
  for (const Seen& at : seen) {
    result.push_back(
        {std::vector<void*>(at.node->pcs, at.node->pcs + at.node->size),
         at.count, at.ns});
  }
  if (lost_count > 0) result.push_back({{}, lost_count, lost_ns});
  return result;
}

}  // namespace rt::internal
