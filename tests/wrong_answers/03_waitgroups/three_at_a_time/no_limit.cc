// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: wrong

// All at once.

#include "exercises/03_waitgroups/three_at_a_time/exercise.h"
#include "runtime/runtime.h"

void DownloadAll(const std::vector<Download>& downloads, int /*limit*/) {
  rt::WaitGroup wg;
  for (const Download& download : downloads) wg.Go(download);
  wg.Wait();
}
