// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: livelock

// Asks again and again. It is right, if somebody else gets to run; and while
// it asks, it keeps a processor busy.

#include <atomic>

#include "exercises/03_waitgroups/own_waitgroup/exercise.h"

struct Group::State {
  std::atomic<int> count = 0;
};

Group::Group() : state_(std::make_unique<State>()) {}
Group::~Group() = default;

void Group::Add(int n) {
  if (state_->count.fetch_add(n) + n < 0) {
    throw rt::Panic("sync: negative WaitGroup counter");
  }
}

void Group::Done() { Add(-1); }

void Group::Wait() {
  while (state_->count != 0) rt::Gosched();
}
