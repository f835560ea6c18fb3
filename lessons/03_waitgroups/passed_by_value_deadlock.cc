// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Wrong on purpose: what would happen if a WaitGroup could be copied.
//
// Countdown is a small wait group that forgets to forbid copies. Each worker
// gets one, with a counter of its own, so the original never reaches zero.
//
// Look at: both workers report "1 left", each of its own copy, and main waits
// for ever. (Shared by reference the counter would be right, and would need a
// lock. rt::WaitGroup has one inside, and no copy constructor.)

#include <cstdio>

#include "runtime/runtime.h"

class Countdown {
 public:
  explicit Countdown(int n) : left_(n) {}
  void Done() {
    if (--left_ == 0) zero_.Close();
    std::printf("%d left\n", left_);
  }
  void Wait() { zero_.Recv(); }

 private:
  int left_;
  rt::Chan<int> zero_ = rt::MakeChan<int>();
};

int main() {
  return rt::Run([] {
    // [demo:copy]
    Countdown todo(2);
    for (int i = 0; i < 2; ++i) {
      rt::Go([todo]() mutable { todo.Done(); });  // A copy for each.
    }
    todo.Wait();
    // [/demo:copy]
    std::printf("never printed\n");
  });
}

// Output:
// 1 left
// 1 left
// Stderr contains:
// fatal error: all goroutines are asleep - deadlock!
// Exit status: 2
// Explorer finds: deadlock
