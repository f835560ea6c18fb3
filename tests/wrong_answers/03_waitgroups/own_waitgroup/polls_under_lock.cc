// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: livelock

// The lock is right, and Wait never sleeps: it takes it again and again.

#include <mutex>

#include "exercises/03_waitgroups/own_waitgroup/exercise.h"

struct Group::State {
  rt::Mutex mu;
  int count = 0;
};

Group::Group() : state_(std::make_unique<State>()) {}
Group::~Group() = default;

void Group::Add(int n) {
  std::scoped_lock lock(state_->mu);
  if (state_->count + n < 0) {
    throw rt::Panic("sync: negative WaitGroup counter");
  }
  state_->count += n;
}

void Group::Done() { Add(-1); }

void Group::Wait() {
  for (;;) {
    {
      std::scoped_lock lock(state_->mu);
      if (state_->count == 0) return;
    }
    rt::Gosched();
  }
}
