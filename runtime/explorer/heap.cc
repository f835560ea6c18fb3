// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// malloc and free of the program: memory that changes hands has no past.
//
// A block that is freed and handed out again is new memory: accesses to its
// former life race with nothing. A block that was freed may not be used, nor
// what lies around one (heap_check.h). The functions below take the place of
// the C library's in the whole program; operator new and delete go through
// them. What the code under test allocates lies in the arena (arena.h), all
// else is left to the C library.

#include <malloc.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "runtime/explorer/arena.h"
#include "runtime/explorer/engine.h"
#include "runtime/explorer/heap_check.h"
#include "runtime/explorer/posix.h"

extern "C" {

// glibc's own names for its allocator.
void* __libc_malloc(size_t size);
void __libc_free(void* block);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* block, size_t size);
void* __libc_memalign(size_t alignment, size_t size);

}  // extern "C"

namespace {

using rt::explorer::Engine;
using rt::explorer::EngineScope;
using rt::explorer::HeapBlock;
using rt::explorer::HeapBlocks;
using rt::explorer::Hidden;
using rt::explorer::Mode;
using rt::explorer::mode;

bool InCodeUnderTest() { return mode != Mode::kEngine; }

// What a block holds before anybody writes to it is the same every time, too;
// and nothing that works by chance. (Of a large one the front.)
constexpr int kUninitialised = 0xcd;
constexpr size_t kMaxFilled = 64 << 10;

void* Allocated(void* block, size_t size) {
  if (block == nullptr) return nullptr;
  Engine::Active()->OnAllocate(block, size);
  return memset(block, kUninitialised, size < kMaxFilled ? size : kMaxFilled);
}

void* Allocate(size_t size) {
  size_t padded = HeapBlocks::Padded(size);
  void* block = rt::explorer::ArenaAllocate(padded);
  return Allocated(block == nullptr ? __libc_malloc(padded) : block, size);
}

void GiveBack(void* block) {
  if (Engine* engine = Engine::Active()) engine->OnOwnFree(block);
  if (rt::explorer::IsInArena(block)) return rt::explorer::ArenaFree(block);
  __libc_free(block);
}

constinit Hidden<size_t(void*)> hidden_usable_size("malloc_usable_size");

}  // namespace

extern "C" {

void* malloc(size_t size) {
  if (!InCodeUnderTest()) return __libc_malloc(size);
  EngineScope scope;
  return Allocate(size);
}

void free(void* block) {
  if (block == nullptr) return;
  if (!InCodeUnderTest()) return GiveBack(block);
  EngineScope scope;
  Engine::Active()->OnFree(block, __builtin_return_address(0));
}

void* calloc(size_t count, size_t size) {
  if (!InCodeUnderTest()) return __libc_calloc(count, size);
  EngineScope scope;
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) bytes = SIZE_MAX;
  void* block = Allocate(bytes);
  return block == nullptr ? nullptr : memset(block, 0, bytes);
}

// The old block stays where it is, for those that wrongly still use it.
void* realloc(void* block, size_t size) {
  bool tested = InCodeUnderTest();
  if (!tested && !rt::explorer::IsInArena(block)) {
    return __libc_realloc(block, size);
  }
  EngineScope scope;
  void* fresh = tested ? Allocate(size) : __libc_malloc(size);
  if (fresh == nullptr || block == nullptr) return fresh;
  size_t old_size =
      tested ? Engine::Active()->BlockBytes(block) : malloc_usable_size(block);
  memcpy(fresh, block, old_size < size ? old_size : size);
  if (!tested) {
    GiveBack(block);
    return fresh;
  }
  Engine::Active()->OnFree(block, __builtin_return_address(0));
  return fresh;
}

// No more than was asked for: what lies behind is watched.
size_t malloc_usable_size(void* block) noexcept {
  if (InCodeUnderTest()) {
    const HeapBlock* known = Engine::Active()->heap().Find(block);
    if (known != nullptr) return known->size;
  }
  // Of a slot in the arena, the last bytes are those in front of the next one.
  if (rt::explorer::IsInArena(block)) {
    return rt::explorer::ArenaBytes(block) - HeapBlocks::kFront;
  }
  return hidden_usable_size(block);
}

void* memalign(size_t alignment, size_t size) {
  if (!InCodeUnderTest()) return __libc_memalign(alignment, size);
  EngineScope scope;
  size_t padded = HeapBlocks::Padded(size);
  void* block = rt::explorer::ArenaAllocate(padded, alignment);
  return Allocated(
      block == nullptr ? __libc_memalign(alignment, padded) : block, size);
}

void* aligned_alloc(size_t alignment, size_t size) {
  return memalign(alignment, size);
}

int posix_memalign(void** block, size_t alignment, size_t size) {
  if (alignment % sizeof(void*) != 0 || (alignment & (alignment - 1)) != 0) {
    return EINVAL;
  }
  void* memory = memalign(alignment, size);
  if (memory == nullptr) return ENOMEM;
  *block = memory;
  return 0;
}

}  // extern "C"
