// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// No mutex: a channel of capacity 1 holds the state, and who has taken it out
// owns it.

#include "exercises/03_waitgroups/own_waitgroup/exercise.h"

namespace {

struct Round {
  int count = 0;
  rt::Chan<int> zero;
};

}  // namespace

struct Group::State {
  rt::Chan<Round> round = rt::MakeChan<Round>(1);
};

Group::Group() : state_(std::make_unique<State>()) {
  state_->round.Send(Round());
}
Group::~Group() = default;

void Group::Add(int n) {
  rt::Chan<Round> owner = state_->round;
  Round round = owner.Recv().value();
  const int before = round.count;
  if (before + n < 0) {
    owner.Send(round);
    throw rt::Panic("sync: negative WaitGroup counter");
  }
  if (before == 0 && n > 0) round.zero = rt::MakeChan<int>();
  round.count += n;
  owner.Send(round);
  if (before > 0 && round.count == 0) round.zero.Close();
}

void Group::Done() { Add(-1); }

void Group::Wait() {
  rt::Chan<Round> owner = state_->round;
  Round round = owner.Recv().value();
  owner.Send(round);
  if (round.count > 0) round.zero.Recv();
}
