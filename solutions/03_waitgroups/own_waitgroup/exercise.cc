// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "exercises/03_waitgroups/own_waitgroup/exercise.h"

#include <mutex>

struct Group::State {
  rt::Mutex mu;
  // The rest is guarded by mu.
  int count = 0;
  rt::Chan<int> zero;  // Made when count leaves zero, closed when it is back.
};

Group::Group() : state_(std::make_unique<State>()) {}
Group::~Group() = default;

void Group::Add(int n) {
  rt::Chan<int> zero;
  {
    std::scoped_lock lock(state_->mu);
    const int before = state_->count;
    if (before + n < 0) throw rt::Panic("sync: negative WaitGroup counter");
    if (before == 0 && n > 0) state_->zero = rt::MakeChan<int>();
    state_->count += n;
    if (before == 0 || state_->count > 0) return;
    zero = state_->zero;
  }
  zero.Close();
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
