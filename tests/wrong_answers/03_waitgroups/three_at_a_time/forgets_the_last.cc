// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: wrong

// The loop has waited for places; nobody waits for the last downloads.

#include "exercises/03_waitgroups/three_at_a_time/exercise.h"
#include "runtime/runtime.h"

void DownloadAll(const std::vector<Download>& downloads, int limit) {
  auto places = rt::MakeChan<int>(limit);
  for (const Download& download : downloads) {
    places.Send(0);
    rt::Go([download, places] {
      download();
      places.Recv();
    });
  }
}
