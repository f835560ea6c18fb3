// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/pages.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>

#include "runtime/internal/check.h"

namespace rt::internal {

void* TryMapPages(size_t bytes) {
  void* pages = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return pages == MAP_FAILED ? nullptr : pages;
}

void* MapPages(size_t bytes) {
  void* pages = TryMapPages(bytes);
  if (pages != nullptr) return pages;
  // Without memory nothing can be unwound or dumped.
  char text[128];
  int size = snprintf(text, sizeof(text),
                      "fatal error: runtime: cannot allocate %zu bytes of "
                      "memory; errno=%d\n",
                      bytes, errno);
  WriteStderr(text, static_cast<unsigned long>(size));
  ExitNow(2);
}

void UnmapPages(void* pages, size_t bytes) { munmap(pages, bytes); }

}  // namespace rt::internal
