// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/explorer/heap_check.h"

#include <algorithm>
#include <cstring>

namespace rt::explorer {
namespace {

// Nobody writes it by chance, and as a text it ends nowhere.
constexpr uint64_t kPattern = 0xa5f3'c9d7'b6e1'8d97;

std::string Bytes(size_t count) {
  return std::to_string(count) + (count == 1 ? " byte" : " bytes");
}

}  // namespace

void HeapBlocks::BeginExecution() {
  blocks_.clear();
  index_.Clear();
  living_ = 0;
}

HeapBlock& HeapBlocks::Add(void* block, size_t size, GoroutineIndex goroutine) {
  bool fresh;
  uintptr_t inverted = ~reinterpret_cast<uintptr_t>(block);
  index_.FindOrMake(inverted, &fresh) = static_cast<uint32_t>(blocks_.size());
  blocks_.push_back({inverted, size, goroutine, false, {}});
  ++living_;
  memcpy(static_cast<char*>(block) + size, &kPattern, sizeof kPattern);
  return blocks_.back();
}

HeapBlock* HeapBlocks::Find(const void* block) {
  uintptr_t inverted = ~reinterpret_cast<uintptr_t>(block);
  uint32_t* index = index_.Find(inverted);
  if (index == nullptr) return nullptr;
  HeapBlock& found = blocks_[*index];
  return found.inverted == inverted ? &found : nullptr;
}

void HeapBlocks::Freed(HeapBlock& block) {
  block.freed = true;
  --living_;
}

void HeapBlocks::Forget(HeapBlock& block) {
  if (!block.freed) Freed(block);
  block.inverted = block.size = 0;
}

bool HeapBlocks::IsOverrun(const HeapBlock& block) {
  return memcmp(reinterpret_cast<const void*>(block.end()), &kPattern,
                sizeof kPattern) != 0;
}

const HeapBlock* HeapBlocks::Neighbour(const void* address, size_t size) const {
  auto from = reinterpret_cast<uintptr_t>(address);
  uintptr_t to = from + size;
  auto touches = [&](const HeapBlock& b) {
    uintptr_t end = b.begin() + Padded(b.size);
    return (from < end && to > b.end()) ||
           (from < b.begin() && to > b.begin() - kFront);
  };
  const HeapBlock* found = nullptr;
  for (const HeapBlock& b : blocks_) {
    if (b.inverted == 0 || !touches(b)) continue;
    if (!b.freed) return &b;
    found = &b;
  }
  return found;
}

const HeapBlock* HeapBlocks::Containing(const void* address) const {
  auto at = reinterpret_cast<uintptr_t>(address);
  auto it =
      std::find_if(blocks_.begin(), blocks_.end(), [at](const HeapBlock& b) {
        return !b.freed && b.begin() <= at && at < b.end();
      });
  return it == blocks_.end() ? nullptr : &*it;
}

std::string OutOfBoundsText(const HeapBlock& block, const void* address,
                            size_t size, bool is_write) {
  auto from = reinterpret_cast<uintptr_t>(address);
  std::string text = Bytes(size) + (size == 1 ? " is " : " are ") +
                     (is_write ? "written" : "read");
  std::string of = " of a block of " + Bytes(block.size);
  if (from < block.begin()) return text + " before the front" + of;
  if (from < block.end()) {
    size_t past = from + size - block.end();
    return text + ", " + std::to_string(past) + " of them past the end" + of;
  }
  size_t gap = from - block.end();
  if (gap == 0) return text + " just past the end" + of;
  return text + ", " + Bytes(gap) + " past the end" + of;
}

}  // namespace rt::explorer
