// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: race

// The channel stays closed after the first round: in the second one Wait
// returns at once, and the end of it closes the channel again.

#include <mutex>

#include "exercises/03_waitgroups/own_waitgroup/exercise.h"

struct Group::State {
  rt::Mutex mu;
  int count = 0;
  rt::Chan<int> zero = rt::MakeChan<int>();
};

Group::Group() : state_(std::make_unique<State>()) {}
Group::~Group() = default;

void Group::Add(int n) {
  std::scoped_lock lock(state_->mu);
  if (state_->count + n < 0) {
    throw rt::Panic("sync: negative WaitGroup counter");
  }
  state_->count += n;
  if (state_->count == 0 && n < 0) state_->zero.Close();
}

void Group::Done() { Add(-1); }

void Group::Wait() {
  {
    std::scoped_lock lock(state_->mu);
    if (state_->count == 0) return;
  }
  state_->zero.Recv();
}
