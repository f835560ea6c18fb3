// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Four jobs at the same time, and a join: the whole takes as long as the
// slowest of them.
//
// Each job sends one value on a channel when it is done; main receives four
// times. A receive blocks until there is something to receive, so main leaves
// the loop only after the fourth job has reported.
//
// Look at: the order, which is nobody's promise any more, and the time.

#include <iostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "runtime/runtime.h"

void Job(const std::string& name, absl::Duration needs,
         rt::SendChan<std::string> done) {
  rt::Sleep(needs);
  done.Send(name);
}

int main() {
  return rt::Run([] {
    const absl::Time start = rt::Now();
    // [demo:join]
    auto done = rt::MakeChan<std::string>();
    rt::Go(Job, "eggs", absl::Milliseconds(400), done);
    rt::Go(Job, "coffee", absl::Milliseconds(300), done);
    rt::Go(Job, "toast", absl::Milliseconds(200), done);
    rt::Go(Job, "juice", absl::Milliseconds(100), done);
    for (int i = 0; i < 4; ++i) std::cout << *done.Recv() << ": ready\n";
    // [/demo:join]
    const absl::Duration took = rt::Now() - start;

    std::cout << absl::StrCat("took ", absl::ToInt64Milliseconds(took),
                              " ms\n");
    if (took < absl::Milliseconds(1000)) {
      std::cout << "that is less than all four added up\n";
    }
  });
}

// Output contains:
// eggs: ready
// coffee: ready
// toast: ready
// juice: ready
// that is less than all four added up
