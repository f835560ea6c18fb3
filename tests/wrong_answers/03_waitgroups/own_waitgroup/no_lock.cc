// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: race

// The channel is right; the counter is a plain int that everybody writes.

#include "exercises/03_waitgroups/own_waitgroup/exercise.h"

struct Group::State {
  int count = 0;
  rt::Chan<int> zero;
};

Group::Group() : state_(std::make_unique<State>()) {}
Group::~Group() = default;

void Group::Add(int n) {
  if (state_->count + n < 0) {
    throw rt::Panic("sync: negative WaitGroup counter");
  }
  if (state_->count == 0 && n > 0) state_->zero = rt::MakeChan<int>();
  state_->count += n;
  if (state_->count == 0 && n < 0) state_->zero.Close();
}

void Group::Done() { Add(-1); }

void Group::Wait() {
  if (state_->count > 0) state_->zero.Recv();
}
