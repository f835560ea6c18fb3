// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// StackTable: how often, and for how long in all, by stack.
//
// What the block and the mutex profile collect. Entries stay for ever: a
// profile tells what has happened since the program began.
//
// Threads: any. Add allocates nothing from the heap and may be called by who
//          holds no lock but others of the runtime; Read allocates.
// Memory:  some 100 bytes for a stack, from mmap; at most 64 MiB. What there is
//          no room for is counted as lost.

#ifndef RUNTIME_INTERNAL_STACK_TABLE_H_
#define RUNTIME_INTERNAL_STACK_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "runtime/internal/raw_mutex.h"

namespace rt::internal {

class StackTable {
 public:
  struct Entry {
    std::vector<void*> pcs;  // Return addresses, the innermost first.
    double count;
    double ns;
  };

  constexpr StackTable() = default;
  StackTable(const StackTable&) = delete;
  StackTable& operator=(const StackTable&) = delete;

  // `count` events at this stack, that took `ns` together. Fractions: one that
  // was sampled stands for several.
  void Add(void* const* pcs, int size, double count, double ns);

  // All entries; the last one has no stack, if anything was lost.
  std::vector<Entry> Read();

 private:
  struct Node {
    Node* next;  // In the same bucket. Constant, as hash, size and pcs are.
    uint64_t hash;
    double count;
    double ns;
    int size;
    void* pcs[1];  // `size` of them.
  };

  static constexpr size_t kBuckets = 4096;  // A power of two.
  static constexpr size_t kChunkBytes = size_t{1} << 20;
  static constexpr int kMaxChunks = 64;

  Node* Find(void* const* pcs, int size) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Null if there is no room.
  void* Allocate(size_t bytes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  RawMutex mu_{LockRank::kStackTable};
  Node* buckets_[kBuckets] ABSL_GUARDED_BY(mu_) = {};
  size_t nodes_ ABSL_GUARDED_BY(mu_) = 0;
  std::byte* free_ ABSL_GUARDED_BY(mu_) = nullptr;  // Of the newest chunk.
  size_t free_bytes_ ABSL_GUARDED_BY(mu_) = 0;
  int chunks_ ABSL_GUARDED_BY(mu_) = 0;
  double lost_count_ ABSL_GUARDED_BY(mu_) = 0;
  double lost_ns_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_STACK_TABLE_H_
