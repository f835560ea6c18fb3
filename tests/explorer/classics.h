// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What the classic problems of concurrency are told with, made of the runtime's
// primitives: code under test, as the programs are.

#ifndef TESTS_EXPLORER_CLASSICS_H_
#define TESTS_EXPLORER_CLASSICS_H_

#include <atomic>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/runtime.h"

namespace classics {

// --- Primitives --------------------------------------------------------------

// A counting semaphore: a channel full of tokens, so that each call is one
// operation. Who waits longest is served first.
class Semaphore {
 public:
  explicit Semaphore(int tokens) { Signal(tokens); }

  void Wait() { tokens_.Recv(); }
  bool TryWait() { return rt::Select(rt::OnRecv(tokens_), rt::Default()) == 0; }
  void Signal(int n = 1) {
    for (; n > 0; --n) tokens_.Send(0);
  }

 private:
  static constexpr int kMost = 16;
  const rt::Chan<char> tokens_ = rt::MakeChan<char>(kMost);
};

// The first one in takes the semaphore for all of them, the last one out gives
// it back.
class Lightswitch {
 public:
  void Lock(Semaphore& semaphore) {
    mu_.Lock();
    if (++inside_ == 1) semaphore.Wait();
    mu_.Unlock();
  }
  void Unlock(Semaphore& semaphore) {
    mu_.Lock();
    if (--inside_ == 0) semaphore.Signal();
    mu_.Unlock();
  }

 private:
  rt::Mutex mu_;
  int inside_ = 0;
};

// Until it is reset, those who wait go on.
class Event {
 public:
  void Set() { Change(true); }
  void Reset() { Change(false); }
  void Wait() {
    mu_.Lock();
    while (!set_) changed_.Wait();
    mu_.Unlock();
  }

 private:
  void Change(bool set) {
    mu_.Lock();
    set_ = set;
    changed_.Broadcast();
    mu_.Unlock();
  }

  rt::Mutex mu_;
  rt::Cond changed_{&mu_};
  bool set_ = false;
};

// Opens after so many signals; one more is an error.
class Countdown {
 public:
  explicit Countdown(int signals) : left_(signals) {}

  void Signal() {
    mu_.Lock();
    bool spent = left_ == 0;
    if (!spent && --left_ == 0) open_.Broadcast();
    mu_.Unlock();
    if (spent) throw rt::Panic("the countdown is over");
  }
  void Wait() {
    mu_.Lock();
    while (left_ > 0) open_.Wait();
    mu_.Unlock();
  }

 private:
  rt::Mutex mu_;
  rt::Cond open_{&mu_};
  int left_;
};

// Lets its parties go on when all have come, again and again.
class Barrier {
 public:
  explicit Barrier(int parties) : parties_(parties) {}

  void Wait() {
    mu_.Lock();
    int round = round_;
    if (++here_ == parties_) {
      here_ = 0;
      ++round_;
      all_.Broadcast();
    }
    while (round == round_) all_.Wait();
    mu_.Unlock();
  }

 private:
  const int parties_;
  rt::Mutex mu_;
  rt::Cond all_{&mu_};
  int here_ = 0;
  int round_ = 0;
};

// A queue that many may use at once. Who takes from an empty one panics.
class Queue {
 public:
  explicit Queue(int items = 0) : items_(items) {}

  bool Empty() {
    mu_.Lock();
    bool empty = items_ == 0;
    mu_.Unlock();
    return empty;
  }
  void Put() {
    mu_.Lock();
    ++items_;
    mu_.Unlock();
  }
  void Take() {
    mu_.Lock();
    bool empty = items_ == 0;
    if (!empty) --items_;
    mu_.Unlock();
    if (empty) throw rt::Panic("the queue is empty");
  }

 private:
  rt::Mutex mu_;
  int items_;
};

// --- What must hold ----------------------------------------------------------

// A critical section for one at a time, who would have it for himself: two
// visits that nothing orders are a data race.
class Section {
 public:
  void Visit() { ++visits_; }

 private:
  int visits_ = 0;
};

// A room for a few at a time.
class Room {
 public:
  explicit Room(int places) : places_(places) {}

  void Visit() {
    EXPECT_LE(inside_.fetch_add(1) + 1, places_);
    inside_.fetch_sub(1);
  }

 private:
  const int places_;
  std::atomic<int> inside_{0};
};

// Runs all of them at once, until each has returned.
template <typename... Parts>
void Together(Parts... parts) {
  rt::WaitGroup wg;
  (wg.Go(parts), ...);
  wg.Wait();
}

// For parts that would go on for ever, cut short: runs them until each has
// returned or waits, which is then no fault. Only then can the clock move.
template <typename... Parts>
void UntilNobodyMoves(Parts... parts) {
  (rt::Go(parts), ...);
  rt::Sleep(absl::Seconds(1));
}

}  // namespace classics

#endif  // TESTS_EXPLORER_CLASSICS_H_
