// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// malloc and free of the program: memory that changes hands has no past.
//
// A block that is freed and handed out again is new memory: accesses to its
// former life race with nothing. A block that was freed may not be used. The
// functions below take the place of the C library's in the whole program and
// leave the work to it; operator new and delete go through them.

#include <malloc.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

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

void* Allocated(void* block, size_t size) {
  Engine::Active()->OnAllocate(block, size);
  return block;
}

}  // namespace

extern "C" {

void* malloc(size_t size) {
  if (!InCodeUnderTest()) return __libc_malloc(size);
  EngineScope scope;
  return Allocated(__libc_malloc(size), size);
}

void free(void* block) {
  if (block == nullptr) return;
  if (!InCodeUnderTest()) return __libc_free(block);
  EngineScope scope;
  Engine::Active()->OnFree(block, malloc_usable_size(block),
                           __builtin_return_address(0));
}

void* calloc(size_t count, size_t size) {
  if (!InCodeUnderTest()) return __libc_calloc(count, size);
  EngineScope scope;
  return Allocated(__libc_calloc(count, size), count * size);
}

// The old block stays where it is, for those that wrongly still use it.
void* realloc(void* block, size_t size) {
  if (!InCodeUnderTest()) return __libc_realloc(block, size);
  EngineScope scope;
  void* fresh = __libc_malloc(size);
  if (fresh == nullptr) return nullptr;
  Allocated(fresh, size);
  if (block == nullptr) return fresh;
  size_t old_size = malloc_usable_size(block);
  memcpy(fresh, block, old_size < size ? old_size : size);
  Engine::Active()->OnFree(block, old_size, __builtin_return_address(0));
  return fresh;
}

void* memalign(size_t alignment, size_t size) {
  if (!InCodeUnderTest()) return __libc_memalign(alignment, size);
  EngineScope scope;
  return Allocated(__libc_memalign(alignment, size), size);
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
