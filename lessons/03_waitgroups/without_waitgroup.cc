// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Wrong on purpose: main sleeps for as long as the work takes, and hopes.
//
// Each of the ten tasks works for about 20 ms. main sleeps for 20 ms too and
// then returns; and when main returns the program ends, whoever is still
// working.
//
// Look at: how many tasks got their line out, and how many of them main
// counted. Run it a few times: the numbers change, and no length of sleep
// makes it safe. main also reads `finished` while tasks may be writing it.

#include <algorithm>
#include <cstdio>

#include "absl/time/time.h"
#include "runtime/runtime.h"

constexpr int kTasks = 10;
constexpr absl::Duration kGuess = absl::Milliseconds(20);

bool finished[kTasks];  // Task i writes element i.

int main() {
  return rt::Run([] {
    // [demo:hope]
    for (int i = 0; i < kTasks; ++i) {
      rt::Go([i] {
        rt::Sleep(absl::Milliseconds(15 + i));  // The work.
        finished[i] = true;
        std::printf("task %d is done\n", i);
      });
    }
    rt::Sleep(kGuess);  // A guess is not a join.
    // [/demo:hope]
    std::printf("main returns; it has seen %d of %d tasks finish\n",
                static_cast<int>(std::count(finished, finished + kTasks, true)),
                kTasks);
  });
}

// Output contains:
// main returns; it has seen
// Explorer finds: data race
