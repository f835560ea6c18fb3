// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// SharedWords: the words of goroutines' stacks that others have accessed.
//
// Most of what instrumented code touches is its own local variables, and most
// of those nobody else ever touches: such a word has no races, and needs no
// history. Which ones do is learned: a goroutine's accesses to its own stack
// are not tracked until another goroutine accesses the same word; then the
// execution is run once more (D-092). The words stay known for the executions
// that follow.
//
// Threads: none of its own; the explorer runs on one kernel thread.

#ifndef RUNTIME_EXPLORER_SHARED_WORDS_H_
#define RUNTIME_EXPLORER_SHARED_WORDS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/internal/pages.h"

namespace rt::explorer {

class SharedWords {
 public:
  // Of `bytes` from an address that is a multiple of eight; an offset below is
  // from there.
  void Cover(size_t bytes) {
    bits_ = static_cast<uint64_t*>(internal::MapPages((bytes + 63) / 64 * 8));
  }

  // Whether [offset, offset + size) has one of them; size >= 1.
  bool Has(size_t offset, size_t size) const {
    size_t last = (offset + size - 1) / 8;
    for (size_t word = offset / 8; word <= last; ++word) {
      if ((bits_[word / 64] >> (word % 64) & 1) != 0) return true;
    }
    return false;
  }

  // Adds them all; false if none is new.
  bool Add(size_t offset, size_t size) {
    bool any = false;
    size_t last = (offset + size - 1) / 8;
    for (size_t word = offset / 8; word <= last; ++word) {
      uint64_t bit = uint64_t{1} << (word % 64);
      if ((bits_[word / 64] & bit) != 0) continue;
      bits_[word / 64] |= bit;
      words_.push_back(word);
      any = true;
    }
    return any;
  }

  void Clear() {
    for (size_t word : words_) bits_[word / 64] = 0;
    words_.clear();
  }

 private:
  uint64_t* bits_ = nullptr;
  std::vector<size_t> words_;
};

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_SHARED_WORDS_H_
