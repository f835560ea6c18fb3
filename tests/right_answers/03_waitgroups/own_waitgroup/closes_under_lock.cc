// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Close does not block, so it may happen under the lock. (Then the group must
// outlive the last Done, which still has to unlock.)

#include <mutex>

#include "exercises/03_waitgroups/own_waitgroup/exercise.h"

struct Group::State {
  rt::Mutex mu;
  int count = 0;
  rt::Chan<int> zero;
};

Group::Group() : state_(std::make_unique<State>()) {}
Group::~Group() = default;

void Group::Add(int n) {
  std::scoped_lock lock(state_->mu);
  const int before = state_->count;
  if (before + n < 0) throw rt::Panic("sync: negative WaitGroup counter");
  if (before == 0 && n > 0) state_->zero = rt::MakeChan<int>();
  state_->count += n;
  if (before > 0 && state_->count == 0) state_->zero.Close();
}

void Group::Done() { Add(-1); }

void Group::Wait() {
  rt::Chan<int> zero;
  {
    std::scoped_lock lock(state_->mu);
    if (state_->count == 0) return;
    zero = state_->zero;
  }
  zero.Recv();
}
