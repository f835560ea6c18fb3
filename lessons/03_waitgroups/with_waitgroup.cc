// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Ten tasks of 100 ms, joined by a WaitGroup: all of them, in about 100 ms.
//
// Look at: every task prints its line, in another order each time, and main's
// line is always the last one. The ten overlap: one after another they would
// take a second.

#include <cstdio>

#include "absl/time/time.h"
#include "runtime/runtime.h"

constexpr int kTasks = 10;
constexpr absl::Duration kWork = absl::Milliseconds(100);

int main() {
  return rt::Run([] {
    const absl::Time start = rt::Now();
    // [demo:join]
    rt::WaitGroup wg;
    wg.Add(kTasks);
    for (int i = 0; i < kTasks; ++i) {
      rt::Go([&wg, i] {
        rt::Sleep(kWork);
        std::printf("task %d is done\n", i);
        wg.Done();
      });
    }
    wg.Wait();
    // [/demo:join]
    const absl::Duration took = rt::Now() - start;
    std::printf("ten tasks of 100 ms took %s\n",
                took < kTasks * kWork ? "less than their sum" : "too long");
  });
}

// Unordered output:
// task 0 is done
// task 1 is done
// task 2 is done
// task 3 is done
// task 4 is done
// task 5 is done
// task 6 is done
// task 7 is done
// task 8 is done
// task 9 is done
// ten tasks of 100 ms took less than their sum
