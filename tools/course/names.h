// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Finding what a student means by a name.
//
// A lesson is "05", "5", "mutexes" or "05_mutexes"; an exercise or a demo is
// "mutexes/click_counter", "click_counter", or its path or Bazel label. Any
// part may be a prefix as long as only one thing begins with it. A whole name
// always wins over a prefix.

#ifndef TOOLS_COURSE_NAMES_H_
#define TOOLS_COURSE_NAMES_H_

#include <string>
#include <vector>

#include "tools/course/tree.h"

namespace course {

// What a name was found to mean. At most one of the pointers is set; they
// point into the Tree.
struct Match {
  const Lesson* lesson = nullptr;
  const Exercise* exercise = nullptr;
  const Demo* demo = nullptr;
  // Set when none of the pointers is: the names it may have meant.
  bool ambiguous = false;
  std::vector<std::string> candidates;

  bool found() const { return lesson || exercise || demo; }
};

struct Wanted {
  bool lessons = false;
  bool exercises = false;
  bool demos = false;
};

// If nothing is found, `candidates` holds the three nearest names; if several
// things are, it holds them all.
Match Resolve(const Tree& tree, const std::string& query, Wanted wanted);

// The (up to) `count` of `names` that differ least from `query`.
std::vector<std::string> Nearest(const std::string& query,
                                 const std::vector<std::string>& names,
                                 int count = 3);

}  // namespace course

#endif  // TOOLS_COURSE_NAMES_H_
