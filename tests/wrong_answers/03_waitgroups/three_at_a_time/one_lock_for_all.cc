// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: serial

// A mutex has one place, whatever the limit is.

#include "exercises/03_waitgroups/three_at_a_time/exercise.h"
#include "runtime/runtime.h"

void DownloadAll(const std::vector<Download>& downloads, int /*limit*/) {
  rt::Mutex mu;
  rt::WaitGroup wg;
  for (const Download& download : downloads) {
    wg.Go([&] {
      mu.Lock();
      download();
      mu.Unlock();
    });
  }
  wg.Wait();
}
