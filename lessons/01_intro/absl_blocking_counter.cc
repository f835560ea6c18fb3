// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A join point for many threads in abseil: absl::BlockingCounter.
//
// The counter is told how many reports to expect; each worker calls
// DecrementCount once, one thread calls Wait. For a single event there is
// absl::Notification: Notify once, wait as often as you like.
//
// Look at: the two join points, one for all workers, one for one event.

#include <array>
#include <iostream>
#include <thread>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"

int main() {
  absl::Notification kitchen_open;
  absl::BlockingCounter cooks(3);
  std::array<std::jthread, 3> threads;
  for (std::jthread& thread : threads) {
    thread = std::jthread([&kitchen_open, &cooks] {
      kitchen_open.WaitForNotification();
      cooks.DecrementCount();
    });
  }
  std::cout << "the kitchen opens\n";
  kitchen_open.Notify();
  cooks.Wait();
  std::cout << "three cooks are done\n";
}

// Output:
// the kitchen opens
// three cooks are done
