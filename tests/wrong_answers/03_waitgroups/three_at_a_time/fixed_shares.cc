// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: slow

// Each worker has a share of its own. Who is through early does not help.

#include "exercises/03_waitgroups/three_at_a_time/exercise.h"
#include "runtime/runtime.h"

void DownloadAll(const std::vector<Download>& downloads, int limit) {
  rt::WaitGroup wg;
  for (int worker = 0; worker < limit; ++worker) {
    wg.Go([&downloads, worker, limit] {
      for (size_t i = worker; i < downloads.size(); i += limit) downloads[i]();
    });
  }
  wg.Wait();
}
