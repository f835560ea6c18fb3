// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// HeapBlocks: the memory that the code under test allocates in an execution.
//
//   H1  A block is followed by some bytes that are nobody's (Padded), and the
//       word before it is the allocator's. The race detector knows both as
//       memory that nobody may touch; the bytes behind also hold a pattern, for
//       writers that are not instrumented.
//   H2  A block that is given back is not used again in the same execution, so
//       whoever still uses it is found. The engine keeps it.
//   H3  What was allocated before the execution, or by the explorer, is not
//       known here, and nothing is said of it.
//   H4  Addresses are kept inverted, so that whoever searches memory for
//       pointers to a block does not find ours.
//
// Blocks that nobody gave back are looked for in leak_check.h.
//
// Threads: one. Cost: constant for each block; the words behind `Neighbour` and
// `Containing` are for reports, and look at all blocks.

#ifndef RUNTIME_EXPLORER_HEAP_CHECK_H_
#define RUNTIME_EXPLORER_HEAP_CHECK_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/explorer/epoch_map.h"
#include "runtime/explorer/goroutine.h"
#include "runtime/explorer/strategy.h"

namespace rt::explorer {

struct HeapBlock {
  uintptr_t inverted = 0;  // H4; 0 if it is a block no more.
  size_t size = 0;         // As it was asked for.
  GoroutineIndex goroutine = 0;
  bool freed = false;
  Stack allocated_at;  // While recording, or looking for leaks.

  uintptr_t begin() const { return ~inverted; }
  uintptr_t end() const { return begin() + size; }
};

class HeapBlocks {
 public:
  // Bytes in front of a block that are the allocator's.
  static constexpr size_t kFront = sizeof(uint64_t);

  // The bytes to ask the allocator for, and where the forbidden ones end: H1.
  // Of a size that no allocator can give, that size.
  static size_t Padded(size_t size) {
    return size > PTRDIFF_MAX ? size : (size + 7) / 8 * 8 + kBehind;
  }

  void BeginExecution();

  // A block has just been handed out.
  HeapBlock& Add(void* block, size_t size, GoroutineIndex goroutine);

  // The block that begins there; null if it is not known.
  HeapBlock* Find(const void* block);

  // It is no longer the code's under test.
  void Freed(HeapBlock& block);
  // And the allocator has it again.
  void Forget(HeapBlock& block);

  // Whether the pattern behind the block is gone.
  static bool IsOverrun(const HeapBlock& block);

  // The block whose surroundings the access has touched; null if there is none.
  const HeapBlock* Neighbour(const void* address, size_t size) const;
  // The living block that `address` points into; null if there is none.
  const HeapBlock* Containing(const void* address) const;

  // In the order in which they were handed out.
  const std::vector<HeapBlock>& all() const { return blocks_; }
  // How many of them have not been given back.
  size_t living() const { return living_; }

 private:
  static constexpr size_t kBehind = sizeof(uint64_t);

  std::vector<HeapBlock> blocks_;
  EpochMap<uint32_t> index_{6};  // Of blocks_, by the inverted address.
  size_t living_ = 0;
};

// "4 bytes are written just past the end of a block of 12 bytes".
std::string OutOfBoundsText(const HeapBlock& block, const void* address,
                            size_t size, bool is_write);

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_HEAP_CHECK_H_
