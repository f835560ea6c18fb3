// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Leaks: blocks that nobody gave back and nothing leads to any more.
//
// As LeakSanitizer does (compiler-rt/lib/lsan, LLVM), we take every word for a
// pointer that looks like one, into the middle of a block, too; and, unlike it,
// also one with a mark in its two upper bytes, or moved up by two bytes to make
// room for one below: lock-free structures hold such. So a block that is still
// in use is never taken for lost; one that is lost may, by chance, be
// overlooked. Searched are
//
//   the variables of the code under test, and those of all libraries;
//   the stack of whoever called Explore, and the thread's own variables;
//   what they lead to: blocks of the execution, and those that are older;
//   what the explorer keeps for the code under test (timers).
//
// Whose fault a lost block is, its stack says: of a library that keeps
// something for later, or hides pointers, we say nothing.
//
// Threads: one. Cost: nothing in an execution that leaves no block; else some
// microseconds if the variables of the code under test lead to all blocks, and
// less than a millisecond in any case.

#ifndef RUNTIME_EXPLORER_LEAK_CHECK_H_
#define RUNTIME_EXPLORER_LEAK_CHECK_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/explorer/globals.h"
#include "runtime/explorer/heap_check.h"

namespace rt::explorer {

struct LeakRoots {
  // Of the thread that explores: from the frame of whoever called Explore on.
  uintptr_t outer_stack = 0;
  // What the explorer itself has; not searched.
  uintptr_t engine = 0;
  MemoryRange goroutine_stacks;
  // More words that count.
  std::vector<MemoryRange> kept;
};

// The lost ones among the living of `blocks`, in the order of their allocation;
// those first that no other lost block points to.
std::vector<const HeapBlock*> FindLost(const std::vector<HeapBlock>& blocks,
                                       const LeakRoots& roots);

// Whether the innermost of these calls outside of the C++ library is one of the
// code under test.
bool IsUsersAllocation(const Stack& stack);

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_LEAK_CHECK_H_
