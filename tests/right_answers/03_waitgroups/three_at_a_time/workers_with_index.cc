// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// `limit` workers take the next index under a lock.

#include "exercises/03_waitgroups/three_at_a_time/exercise.h"
#include "runtime/runtime.h"

void DownloadAll(const std::vector<Download>& downloads, int limit) {
  rt::Mutex mu;
  size_t next = 0;
  rt::WaitGroup wg;
  for (int worker = 0; worker < limit; ++worker) {
    wg.Go([&] {
      for (;;) {
        mu.Lock();
        const size_t mine = next++;
        mu.Unlock();
        if (mine >= downloads.size()) return;
        downloads[mine]();
      }
    });
  }
  wg.Wait();
}
