// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: livelock

// Checks and takes a place in one step, and asks again and again until there is
// one: whoever waits keeps a processor busy.

#include "exercises/03_waitgroups/three_at_a_time/exercise.h"
#include "runtime/runtime.h"

void DownloadAll(const std::vector<Download>& downloads, int limit) {
  rt::Mutex mu;
  int under_way = 0;
  auto take_place = [&] {
    mu.Lock();
    const bool free = under_way < limit;
    if (free) ++under_way;
    mu.Unlock();
    return free;
  };
  rt::WaitGroup wg;
  for (const Download& download : downloads) {
    wg.Go([&] {
      while (!take_place()) rt::Gosched();
      download();
      mu.Lock();
      --under_way;
      mu.Unlock();
    });
  }
  wg.Wait();
}
