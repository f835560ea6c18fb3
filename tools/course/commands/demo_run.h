// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Builds and runs one demo, and compares it with its own promise.

#ifndef TOOLS_COURSE_COMMANDS_DEMO_RUN_H_
#define TOOLS_COURSE_COMMANDS_DEMO_RUN_H_

#include <string>
#include <vector>

#include "tools/course/commands/context.h"

namespace course {

struct DemoOutcome {
  // Set if there is no outcome: the message has been shown, and this is the
  // exit status.
  int failed = kOk;
  std::string expected;                 // "deadlock"
  std::vector<std::string> mismatches;  // empty: it did as it says
  std::string output;                   // both streams
  double seconds = 0;
  int runs = 0;  // how often it ran; fewer than asked after a mismatch
};

// Runs it `times` times, shows its output as it comes, and stops at the first
// run that breaks the promise.
DemoOutcome PlayDemo(Context& context, const Demo& demo, int times);

// The line that says whether it did as expected.
void ShowOutcome(Context& context, const Demo& demo,
                 const DemoOutcome& outcome);

}  // namespace course

#endif  // TOOLS_COURSE_COMMANDS_DEMO_RUN_H_
