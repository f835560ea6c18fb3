// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Your own WaitGroup: a counter that one can sleep on. Given; edit exercise.cc.

#ifndef EXERCISES_03_WAITGROUPS_OWN_WAITGROUP_EXERCISE_H_
#define EXERCISES_03_WAITGROUPS_OWN_WAITGROUP_EXERCISE_H_

#include <memory>

#include "runtime/runtime.h"

// From here on the compiler refuses this word: build it, do not borrow it.
#pragma GCC poison WaitGroup

// A counter of goroutines that are not done yet. All methods may be called by
// several goroutines at once.
class Group {
 public:
  Group();
  ~Group();

  // Raises the counter by n, or lowers it if n is negative. Throws rt::Panic
  // with the text "sync: negative WaitGroup counter" if the counter would be
  // below zero.
  void Add(int n);

  // Add(-1).
  void Done();

  // Sleeps until the counter is zero. What happened before the calls of Done
  // that led to zero is visible to the caller then.
  void Wait();

 private:
  struct State;  // Yours to define, in exercise.cc.
  std::unique_ptr<State> state_;
};

#endif  // EXERCISES_03_WAITGROUPS_OWN_WAITGROUP_EXERCISE_H_
