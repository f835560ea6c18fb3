// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "exercises/03_waitgroups/own_waitgroup/exercise.h"

#include <mutex>

struct Group::State {
  // TODO(you): what does a group have to remember?
};

Group::Group() : state_(std::make_unique<State>()) {}
Group::~Group() = default;

void Group::Add(int n) {
  // TODO(you): change the counter; at zero, wake everybody who waits.
  (void)n;
}

void Group::Done() { Add(-1); }

void Group::Wait() {
  // TODO(you): return at once if the counter is zero, else sleep.
}
