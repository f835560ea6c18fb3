// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A channel's elements are smaller than 64 KiB: this one is as large.

#include "runtime/runtime.h"

struct Page {
  char bytes[64 << 10];
};

int main() {
  return rt::Run([] { rt::MakeChan<Page>(); });
}

// Compile error: channel element type too large (>64kB)
