// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// One Add for all, started from the back, and the caller helps.

#include "exercises/03_waitgroups/photo_album/exercise.h"
#include "runtime/runtime.h"

void DevelopAll(int photos, const std::function<void(int)>& develop) {
  if (photos == 0) return;
  rt::WaitGroup wg;
  wg.Add(photos - 1);
  for (int i = photos - 1; i > 0; --i) {
    rt::Go([&develop, &wg, i] {
      develop(i);
      wg.Done();
    });
  }
  develop(0);
  wg.Wait();
}
