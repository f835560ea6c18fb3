// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: deadlock

// Sends one value: one waiter wakes up, the other sleeps for ever.

#include <mutex>

#include "exercises/03_waitgroups/own_waitgroup/exercise.h"

struct Group::State {
  rt::Mutex mu;
  int count = 0;
  int waiters = 0;
  rt::Chan<int> wake = rt::MakeChan<int>(1);
};

Group::Group() : state_(std::make_unique<State>()) {}
Group::~Group() = default;

void Group::Add(int n) {
  std::scoped_lock lock(state_->mu);
  if (state_->count + n < 0) {
    throw rt::Panic("sync: negative WaitGroup counter");
  }
  state_->count += n;
  if (state_->count == 0 && state_->waiters > 0) {
    state_->waiters = 0;
    state_->wake.Send(0);
  }
}

void Group::Done() { Add(-1); }

void Group::Wait() {
  {
    std::scoped_lock lock(state_->mu);
    if (state_->count == 0) return;
    ++state_->waiters;
  }
  state_->wake.Recv();
}
