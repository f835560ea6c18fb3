// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Arena: memory for the code under test, at the same addresses every time.
//
// Code may go by addresses: it locks two accounts in their order, or walks
// through a hash table of pointers. In the next execution, and in a replay, the
// same choices must then lead to the same steps. The C library's allocator
// remembers what was freed and when, and the kernel moves its heap about.
//
// Each size has slots of its own in a fixed place, and an allocation gets the
// lowest that is free. So what an allocation gets depends on what is allocated,
// and on nothing that was before. (Slots by size, with the state in bitmaps
// apart from them, are those of phkmalloc; Kamp, "Malloc(3) revisited", USENIX
// 1998.)
//
// Threads: one. Failure: null, for what is larger than the largest slot, or
// when there is no room; then the C library is the one to ask.

#ifndef RUNTIME_EXPLORER_ARENA_H_
#define RUNTIME_EXPLORER_ARENA_H_

#include <cstddef>
#include <cstdint>

namespace rt::explorer {

// Aligned as malloc does.
void* ArenaAllocate(size_t size);
// `alignment` is a power of two.
void* ArenaAllocate(size_t size, size_t alignment);

// Whether it comes from there. For those that do: gives it back; how many bytes
// may be used.
bool IsInArena(const void* block);
// Whether a block begins at `address` that nobody has given back.
bool IsArenaBlock(const void* address);
void ArenaFree(void* block);
size_t ArenaBytes(const void* block);

// Address space that nothing can access yet, at `at` if that is free, or else
// anywhere; null if there is none.
void* ReserveAt(uintptr_t at, size_t bytes);

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_ARENA_H_
