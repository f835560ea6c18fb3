// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// malloc and free of the program: memory that changes hands has no past.
//
// A block that is freed and handed out again is new memory: accesses to its
// former life race with nothing. A block that was freed may not be used. The
// functions below take the place of the C library's in the whole program;
// operator new and delete go through them. What the code under test allocates
// lies in the arena (arena.h), all else is left to the C library.

#include <dlfcn.h>
#include <malloc.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "runtime/explorer/arena.h"
#include "runtime/explorer/engine.h"

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
using rt::explorer::Mode;

bool InCodeUnderTest() { return rt::explorer::mode != Mode::kEngine; }

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
  void* block = rt::explorer::ArenaAllocate(size);
  return Allocated(block == nullptr ? __libc_malloc(size) : block, size);
}

void GiveBack(void* block) {
  if (rt::explorer::IsInArena(block)) return rt::explorer::ArenaFree(block);
  __libc_free(block);
}

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
  Engine::Active()->OnFree(block, malloc_usable_size(block),
                           __builtin_return_address(0));
}

void* calloc(size_t count, size_t size) {
  if (!InCodeUnderTest()) return __libc_calloc(count, size);
  EngineScope scope;
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) {
    errno = ENOMEM;
    return nullptr;
  }
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
  size_t old_size = malloc_usable_size(block);
  memcpy(fresh, block, old_size < size ? old_size : size);
  if (!tested) {
    GiveBack(block);
    return fresh;
  }
  Engine::Active()->OnFree(block, old_size, __builtin_return_address(0));
  return fresh;
}

void* memalign(size_t alignment, size_t size) {
  if (!InCodeUnderTest()) return __libc_memalign(alignment, size);
  EngineScope scope;
  void* block = rt::explorer::ArenaAllocate(size, alignment);
  return Allocated(block == nullptr ? __libc_memalign(alignment, size) : block,
                   size);
}

void* aligned_alloc(size_t alignment, size_t size) {
  return memalign(alignment, size);
}

size_t malloc_usable_size(void* block) noexcept {
  if (rt::explorer::IsInArena(block)) return rt::explorer::ArenaBytes(block);
  EngineScope scope;  // Also for the static.
  using Function = size_t(void*);
  static auto* real =
      reinterpret_cast<Function*>(dlsym(RTLD_NEXT, "malloc_usable_size"));
  return real(block);
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
