// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Wrong on purpose: four jobs are started, and nobody waits for them.
//
// The jobs take one to four seconds, yet the program is over at once: when
// the main goroutine returns, the process ends, and every other goroutine ends
// with it, in the middle of whatever it was doing.
//
// Look at: what is missing. Not one job reports.

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
    // [demo:fork]
    rt::Go(Job, "eggs", absl::Seconds(4));
    rt::Go(Job, "coffee", absl::Seconds(3));
    rt::Go(Job, "toast", absl::Seconds(2));
    rt::Go(Job, "juice", absl::Seconds(1));
    std::cout << "main: breakfast is served\n";
    // [/demo:fork]
  });
}

// Output:
// main: breakfast is served
