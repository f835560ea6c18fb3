// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Every goroutine reports on a channel; the caller counts the reports.

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
  for (int i = 0; i < photos; ++i) done.Recv();
}
