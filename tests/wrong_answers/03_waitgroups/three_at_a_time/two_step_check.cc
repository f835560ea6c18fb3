// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: wrong

// Looks whether there is room, and then enters: between the two, somebody else
// has entered as well.

#include <atomic>

#include "absl/time/time.h"
#include "exercises/03_waitgroups/three_at_a_time/exercise.h"
#include "runtime/runtime.h"

void DownloadAll(const std::vector<Download>& downloads, int limit) {
  std::atomic<int> under_way = 0;
  rt::WaitGroup wg;
  for (const Download& download : downloads) {
    wg.Go([&] {
      while (under_way >= limit) rt::Sleep(absl::Milliseconds(1));
      ++under_way;
      download();
      --under_way;
    });
  }
  wg.Wait();
}
