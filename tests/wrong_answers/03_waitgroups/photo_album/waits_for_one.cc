// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: wrong

// One receive for many sends: returns when the first photo is ready, and the
// other goroutines block in Send for ever.

#include "exercises/03_waitgroups/photo_album/exercise.h"
#include "runtime/runtime.h"

void DevelopAll(int photos, const std::function<void(int)>& develop) {
  auto done = rt::MakeChan<int>();
  for (int i = 0; i < photos; ++i) {
    rt::Go([&develop, done, i] {
      develop(i);
      done.Send(i);
    });
  }
  if (photos > 0) done.Recv();
}
