// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: deadlock

// Looks at the counter, lets go of the lock, and then registers as a sleeper:
// the last Done may come in between, and wakes nobody.

#include <mutex>
#include <vector>

#include "exercises/03_waitgroups/own_waitgroup/exercise.h"

struct Group::State {
  rt::Mutex mu;
  int count = 0;
  std::vector<rt::Chan<int>> sleepers;
};

Group::Group() : state_(std::make_unique<State>()) {}
Group::~Group() = default;

void Group::Add(int n) {
  std::scoped_lock lock(state_->mu);
  if (state_->count + n < 0) {
    throw rt::Panic("sync: negative WaitGroup counter");
  }
  state_->count += n;
  if (state_->count > 0) return;
  for (auto& sleeper : state_->sleepers) sleeper.Close();
  state_->sleepers.clear();
}

void Group::Done() { Add(-1); }

void Group::Wait() {
  {
    std::scoped_lock lock(state_->mu);
    if (state_->count == 0) return;
  }
  auto mine = rt::MakeChan<int>();
  {
    std::scoped_lock lock(state_->mu);
    state_->sleepers.push_back(mine);
  }
  mine.Recv();
}
