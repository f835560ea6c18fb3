// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: livelock

// Asks again and again whether all are done, and keeps a processor busy.

#include "exercises/03_waitgroups/photo_album/exercise.h"
#include "runtime/runtime.h"

void DevelopAll(int photos, const std::function<void(int)>& develop) {
  rt::Mutex mu;
  int done = 0;
  for (int i = 0; i < photos; ++i) {
    rt::Go([&, i] {
      develop(i);
      mu.Lock();
      ++done;
      mu.Unlock();
    });
  }
  for (;;) {
    mu.Lock();
    const bool all = done == photos;
    mu.Unlock();
    if (all) return;
    rt::Gosched();
  }
}
