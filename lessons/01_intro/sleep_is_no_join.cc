// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Wrong on purpose: main guesses how long its jobs will need, and sleeps.
//
// A guess that is long enough today wastes time on every day; a guess that is
// too short loses work on a slow day. And however long it is, a sleep promises
// nothing about what the other goroutines have done (see race.cc).
//
// Look at: how much longer main sleeps than the slowest job needs.

#include <iostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "runtime/runtime.h"

void Job(const std::string& name, absl::Duration needs) {
  rt::Sleep(needs);
  std::cout << absl::StrCat(name, ": ready\n");
}

int main() {
  return rt::Run([] {
    const absl::Time start = rt::Now();
    rt::Go(Job, "eggs", absl::Milliseconds(40));
    rt::Go(Job, "coffee", absl::Milliseconds(30));
    rt::Go(Job, "toast", absl::Milliseconds(20));
    rt::Go(Job, "juice", absl::Milliseconds(10));
    rt::Sleep(absl::Milliseconds(500));  // Surely enough?

    if (rt::Now() - start >= absl::Milliseconds(500)) {
      std::cout << "main: waited 500 ms for work of 40 ms\n";
    }
  });
}

// Output contains:
// main: waited 500 ms for work of 40 ms
