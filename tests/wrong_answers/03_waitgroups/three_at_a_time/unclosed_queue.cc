// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: deadlock

// The workers wait for more downloads than there are: nobody closes the queue.

#include "exercises/03_waitgroups/three_at_a_time/exercise.h"
#include "runtime/runtime.h"

void DownloadAll(const std::vector<Download>& downloads, int limit) {
  auto queue = rt::MakeChan<const Download*>();
  rt::WaitGroup wg;
  for (int worker = 0; worker < limit; ++worker) {
    wg.Go([queue] {
      for (const Download* download : queue) (*download)();
    });
  }
  for (const Download& download : downloads) queue.Send(&download);
  wg.Wait();
}
