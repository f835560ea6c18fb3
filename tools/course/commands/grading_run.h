// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Grades exercises: runs Bazel, judges, keeps the score.

#ifndef TOOLS_COURSE_COMMANDS_GRADING_RUN_H_
#define TOOLS_COURSE_COMMANDS_GRADING_RUN_H_

#include <string>
#include <vector>

#include "tools/course/commands/context.h"
#include "tools/course/grading.h"

namespace course {

struct Grades {
  // Set if nothing was graded: the message has been shown, and this is the
  // exit status.
  int failed = kOk;
  std::vector<Grade> grades;  // in the order asked for
};

// Runs the graders of `exercises`. Changes no state.
Grades RunGraders(Context& context,
                  const std::vector<const Exercise*>& exercises);

// The exit status for a set of grades: the worst of them.
int ExitCodeFor(const std::vector<Grade>& grades);

}  // namespace course

#endif  // TOOLS_COURSE_COMMANDS_GRADING_RUN_H_
