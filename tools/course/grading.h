// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// From what Bazel did to the verdict on an exercise.
//
// The order of judgement:
//   1. a test that ran: the verdicts of its checks. The first check that is
//      not passed decides; a grader's own fault decides only if nothing else
//      failed.
//   2. a test that ran and reported no check: what its log says, else HANG if
//      its time ran out, else GRADER. It is never PASSED.
//   3. a build that failed: BUILD if the student's file is where it failed,
//      else GRADER.
//   4. anything else is no verdict: the build tool itself failed.

#ifndef TOOLS_COURSE_GRADING_H_
#define TOOLS_COURSE_GRADING_H_

#include <optional>
#include <string>
#include <vector>

#include "tools/course/build_events.h"
#include "tools/course/tree.h"
#include "tools/course/verdict.h"

namespace course {

// The first error of a compiler or linker.
struct BuildError {
  std::string file;  // relative to the checkout
  int line = 0;      // 0: of no line
  int column = 0;
  std::string message;
};

struct Grade {
  const Exercise* exercise = nullptr;
  Verdict verdict = Verdict::kGrader;
  std::vector<Check> checks;
  int deciding = -1;  // the check whose verdict it is; -1: none
  double seconds = 0;
  std::optional<BuildError> build_error;
  std::string detail;    // why, where no check and no build error tells
  std::string log_path;  // of the test that ran, see ReadablePath

  int passed() const;
  int total() const { return static_cast<int>(checks.size()); }
};

// Nothing if Bazel did not get as far as this exercise.
std::optional<Grade> GradeFrom(const Tree& tree, const Exercise& exercise,
                               const BuildEvents& events);

// Finds the first error in what a compiler or linker printed; if the message
// is about another file than `own`, the line of `own` that led there is looked
// for. The line is 0 and the file empty if the text has no error.
BuildError FirstError(const std::string& output, const std::string& own);

// The checks of a GoogleTest report; a check without the explorer's verdict
// has that of GoogleTest.
std::vector<Check> ReadChecks(const std::string& xml_path);

}  // namespace course

#endif  // TOOLS_COURSE_GRADING_H_
