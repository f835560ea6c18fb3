// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Every waiter sleeps on a channel of its own; the last Done closes them all.

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
  std::vector<rt::Chan<int>> wake;
  {
    std::scoped_lock lock(state_->mu);
    if (state_->count + n < 0) {
      throw rt::Panic("sync: negative WaitGroup counter");
    }
    state_->count += n;
    if (state_->count == 0) wake.swap(state_->sleepers);
  }
  for (auto& sleeper : wake) sleeper.Close();
}

void Group::Done() { Add(-1); }

void Group::Wait() {
  auto mine = rt::MakeChan<int>();
  {
    std::scoped_lock lock(state_->mu);
    if (state_->count == 0) return;
    state_->sleepers.push_back(mine);
  }
  mine.Recv();
}
