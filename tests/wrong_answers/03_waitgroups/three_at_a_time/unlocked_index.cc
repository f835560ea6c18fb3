// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: race

// The workers share the index of the next download, and nothing guards it.

#include "exercises/03_waitgroups/three_at_a_time/exercise.h"
#include "runtime/runtime.h"

void DownloadAll(const std::vector<Download>& downloads, int limit) {
  size_t next = 0;
  rt::WaitGroup wg;
  for (int worker = 0; worker < limit; ++worker) {
    wg.Go([&] {
      while (next < downloads.size()) downloads[next++]();
    });
  }
  wg.Wait();
}
