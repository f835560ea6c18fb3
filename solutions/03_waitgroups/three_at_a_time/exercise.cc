// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "exercises/03_waitgroups/three_at_a_time/exercise.h"

#include "runtime/runtime.h"

void DownloadAll(const std::vector<Download>& downloads, int limit) {
  auto places = rt::MakeChan<int>(limit);  // A value in it: a place taken.
  rt::WaitGroup wg;
  for (const Download& download : downloads) {
    places.Send(0);
    wg.Go([&download, places] {
      download();
      places.Recv();
    });
  }
  wg.Wait();
}
