// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A WaitGroup in ten lines: a counter, and a Wait that keeps asking.
//
// SpinGroup is right, and wasteful: its Wait uses a processor for as long as it
// waits. rt::WaitGroup parks the goroutine instead, and the last Done wakes it.
//
// Look at: how often Wait had to ask. Zero questions would do. The exercise
// own_waitgroup builds the one that sleeps.

#include <atomic>
#include <cstdio>

#include "absl/time/time.h"
#include "runtime/runtime.h"

// [demo:spin]
class SpinGroup {
 public:
  void Add(int n) { counter_.fetch_add(n, std::memory_order_relaxed); }
  // Release: the work before Done is published to whoever sees the counter;
  // pairs with the acquire in Wait.
  void Done() { counter_.fetch_sub(1, std::memory_order_release); }
  long Wait() {
    long questions = 1;
    while (counter_.load(std::memory_order_acquire) != 0) {
      ++questions;
      rt::Gosched();
    }
    return questions;
  }

 private:
  std::atomic<int> counter_{0};
};
// [/demo:spin]

int main() {
  return rt::Run([] {
    SpinGroup group;
    int results[3] = {0, 0, 0};
    group.Add(3);
    for (int i = 0; i < 3; ++i) {
      rt::Go([&, i] {
        rt::Sleep(absl::Milliseconds(10));
        results[i] = i + 1;
        group.Done();
      });
    }
    const long questions = group.Wait();
    std::printf("the sum is %d\n", results[0] + results[1] + results[2]);
    std::printf("Wait asked %ld times\n", questions);
  });
}

// Output contains:
// the sum is 6
// Wait asked
