// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A helper goroutine waits for the group and closes a channel.

#include "exercises/03_waitgroups/photo_album/exercise.h"
#include "runtime/runtime.h"

void DevelopAll(int photos, const std::function<void(int)>& develop) {
  rt::WaitGroup wg;
  for (int i = 0; i < photos; ++i) {
    wg.Go([&develop, i] { develop(i); });
  }
  auto ready = rt::MakeChan<int>();
  rt::Go([&wg, ready] {
    wg.Wait();
    ready.Close();
  });
  ready.Recv();
}
