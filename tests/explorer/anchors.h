// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The small programs by which explorers are compared. Each runs once, as the
// body of an exploration.

#ifndef TESTS_EXPLORER_ANCHORS_H_
#define TESTS_EXPLORER_ANCHORS_H_

#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/runtime.h"

namespace anchors {

// `goroutines` increment a variable under a mutex, `times` each. There are as
// many orders of the critical sections as
// (goroutines * times)! / times!^goroutines.
inline void LockedIncrements(int goroutines, int times) {
  int n = 0;
  rt::Mutex mu;
  rt::WaitGroup wg;
  for (int i = 0; i < goroutines; ++i) {
    wg.Go([&] {
      for (int k = 0; k < times; ++k) {
        mu.Lock();
        ++n;
        mu.Unlock();
      }
    });
  }
  wg.Wait();
}

// Three, at a round table. Each takes the fork at his left first; if they are
// `ordered`, the one with the lower number.
inline void Philosophers(bool ordered) {
  constexpr int kCount = 3;
  rt::Mutex forks[kCount];
  rt::WaitGroup wg;
  for (int i = 0; i < kCount; ++i) {
    wg.Go([&forks, i, ordered] {
      int first = i;
      int second = (i + 1) % kCount;
      if (ordered && first > second) std::swap(first, second);
      forks[first].Lock();
      forks[second].Lock();
      forks[second].Unlock();
      forks[first].Unlock();
    });
  }
  wg.Wait();
}

// Two producers put `items` each into a buffer of one place, from which one
// consumer takes them all.
inline void ProducersAndConsumer(int items) {
  rt::Mutex mu;
  rt::Cond not_full(&mu);
  rt::Cond not_empty(&mu);
  std::vector<int> buffer;
  rt::WaitGroup wg;
  for (int producer = 0; producer < 2; ++producer) {
    wg.Go([&, producer] {
      for (int i = 0; i < items; ++i) {
        mu.Lock();
        while (!buffer.empty()) not_full.Wait();
        buffer.push_back(producer);
        not_empty.Signal();
        mu.Unlock();
      }
    });
  }
  int taken = 0;
  for (int i = 0; i < 2 * items; ++i) {
    mu.Lock();
    while (buffer.empty()) not_empty.Wait();
    buffer.pop_back();
    ++taken;
    not_full.Signal();
    mu.Unlock();
  }
  wg.Wait();
  EXPECT_EQ(taken, 2 * items);
}

}  // namespace anchors

#endif  // TESTS_EXPLORER_ANCHORS_H_
