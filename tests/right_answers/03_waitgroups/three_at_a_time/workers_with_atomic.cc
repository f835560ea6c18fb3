// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The index is atomic, and relaxed: nothing else depends on it.

#include <atomic>

#include "exercises/03_waitgroups/three_at_a_time/exercise.h"
#include "runtime/runtime.h"

void DownloadAll(const std::vector<Download>& downloads, int limit) {
  std::atomic<size_t> next = 0;
  rt::WaitGroup wg;
  for (int worker = 0; worker < limit; ++worker) {
    wg.Go([&] {
      for (;;) {
        const size_t mine = next.fetch_add(1, std::memory_order_relaxed);
        if (mine >= downloads.size()) return;
        downloads[mine]();
      }
    });
  }
  wg.Wait();
}
