// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Four jobs, one after the other: the whole takes as long as all of them
// together. This is the program that the rest of the lesson improves.
//
// Look at: the order, which is the order of the calls, and the time, which is
// the sum. Nothing here needs the processor; the program mostly waits.

#include <iostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "runtime/runtime.h"

int jobs_done = 0;

// Stands for work that mostly waits: a kettle, a disk, a server far away.
void Job(const std::string& name, absl::Duration needs) {
  rt::Sleep(needs);
  std::cout << absl::StrCat(++jobs_done, ". ", name, ": ready\n");
}

int main() {
  return rt::Run([] {
    const absl::Time start = rt::Now();
    // [demo:calls]
    Job("eggs", absl::Milliseconds(400));
    Job("coffee", absl::Milliseconds(300));
    Job("toast", absl::Milliseconds(200));
    Job("juice", absl::Milliseconds(100));
    // [/demo:calls]
    const absl::Duration took = rt::Now() - start;

    std::cout << absl::StrCat("took ", absl::ToInt64Milliseconds(took),
                              " ms\n");
    if (took >= absl::Milliseconds(1000)) {
      std::cout << "that is all four added up\n";
    }
  });
}

// Output contains:
// 1. eggs: ready
// 2. coffee: ready
// 3. toast: ready
// 4. juice: ready
// that is all four added up
