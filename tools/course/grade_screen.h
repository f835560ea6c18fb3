// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The screen of one grade: the verdict, why, and what to type next.

#ifndef TOOLS_COURSE_GRADE_SCREEN_H_
#define TOOLS_COURSE_GRADE_SCREEN_H_

#include <string>

#include "nlohmann/json.hpp"
#include "tools/course/grading.h"
#include "tools/course/screen.h"

namespace course {

// Everything but the last line.
void ShowGrade(const Grade& grade, Screen& screen);

// One line of 78 columns for a list of grades.
std::string GradeLine(const Grade& grade, const Screen& screen);

nlohmann::json GradeJson(const Grade& grade);

}  // namespace course

#endif  // TOOLS_COURSE_GRADE_SCREEN_H_
