// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The interleaving that fails, as a table: a column per goroutine, a row per
// step. Where there are too many goroutines for columns, each row names its
// own; of a long table the middle is left out.

#ifndef TOOLS_COURSE_STEP_TABLE_H_
#define TOOLS_COURSE_STEP_TABLE_H_

#include <string>
#include <vector>

#include "tools/course/verdict.h"

namespace course {

// Lines of at most 80 columns; none if the check has no steps.
std::vector<std::string> StepTable(const Check& check);

}  // namespace course

#endif  // TOOLS_COURSE_STEP_TABLE_H_
