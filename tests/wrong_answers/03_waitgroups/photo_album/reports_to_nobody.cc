// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: leak

// The WaitGroup does the join. The report on the channel is left over from an
// earlier version: nobody receives, so every goroutine blocks in Send for ever.

#include "exercises/03_waitgroups/photo_album/exercise.h"
#include "runtime/runtime.h"

void DevelopAll(int photos, const std::function<void(int)>& develop) {
  auto done = rt::MakeChan<int>();
  rt::WaitGroup wg;
  wg.Add(photos);
  for (int i = 0; i < photos; ++i) {
    rt::Go([&develop, &wg, done, i] {
      develop(i);
      wg.Done();
      done.Send(i);
    });
  }
  wg.Wait();
}
