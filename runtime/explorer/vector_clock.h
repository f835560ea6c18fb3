// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// VectorClock: how much of every goroutine's past is known.
//
// Entry g is the number of goroutine g's steps that happened before; entries
// that were never written are 0. Clocks live in pools and are cleared, not
// destroyed, between executions, so a warm search does not allocate.
//
// Threads: none of its own; the explorer runs on one kernel thread.

#ifndef RUNTIME_EXPLORER_VECTOR_CLOCK_H_
#define RUNTIME_EXPLORER_VECTOR_CLOCK_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rt::explorer {

class VectorClock {
 public:
  uint32_t Get(size_t g) const { return g < size_ ? entries_[g] : 0; }

  void Set(size_t g, uint32_t value) {
    Grow(g + 1);
    entries_[g] = value;
  }

  // Everything that `other` knows, this one knows too.
  void Join(const VectorClock& other) {
    Grow(other.size_);
    for (size_t g = 0; g < other.size_; ++g) {
      if (entries_[g] < other.entries_[g]) entries_[g] = other.entries_[g];
    }
  }

  void Assign(const VectorClock& other) {
    size_ = 0;
    Join(other);
  }

  void Clear() { size_ = 0; }
  bool empty() const { return size_ == 0; }

 private:
  void Grow(size_t size) {
    if (size <= size_) return;
    if (entries_.size() < size) entries_.resize(size < 8 ? 8 : 2 * size);
    for (size_t g = size_; g < size; ++g) entries_[g] = 0;
    size_ = size;
  }

  std::vector<uint32_t> entries_;  // The first size_ are meant.
  size_t size_ = 0;
};

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_VECTOR_CLOCK_H_
