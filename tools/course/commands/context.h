// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What every command works with, and what several of them do.

#ifndef TOOLS_COURSE_COMMANDS_CONTEXT_H_
#define TOOLS_COURSE_COMMANDS_CONTEXT_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tools/course/args.h"
#include "tools/course/bazel.h"
#include "tools/course/names.h"
#include "tools/course/screen.h"
#include "tools/course/state.h"
#include "tools/course/tree.h"

namespace course {

enum ExitCode {
  kOk = 0,
  kNotPassed = 1,
  kUsage = 2,
  kEnvironment = 3,
  kGraderFault = 4,
  kInterrupted = 130,
};

struct Context {
  const Tree& tree;
  StateFile& state_file;
  State state;  // as it was when the command began; see Save
  Screen& screen;
  Args args;
  std::string me;  // how to call this program: "course" or "./course"

  // "course grade" as the student can type it.
  std::string Command(const std::string& rest) const { return me + " " + rest; }

  // What is known of an exercise.
  ExerciseState Of(const Exercise& exercise) const;

  // The exercise the student is at; null if the course has none.
  const Exercise* Current() const;
};

// Says in one sentence what went wrong, then the details, then what to type.
int Fail(Context& context, int exit_code, const std::string& sentence,
         const std::vector<std::string>& details, const std::string& next);

// A name that means nothing, or more than one thing.
int FailName(Context& context, const std::string& what,
             const std::string& query, const Match& match,
             const std::string& next);

// The file system does not let us keep the student's state.
int FailState(Context& context, const absl::Status& status);

// Bazel stopped before it got to what was asked of it.
int FailBazel(Context& context, const Bazel& bazel,
              const std::vector<std::string>& errors);

int Interrupted(Context& context);

// Changes the state, on disk and in the context.
absl::Status Save(Context& context, const std::function<void(State&)>& change);

// "[########------------] 21/84".
std::string Bar(int done, int total, int columns);

// The lines "read", "edit" for an exercise.
void ShowWhere(Context& context, const Exercise& exercise);

// The number in a flag's value: at least 1, or nothing.
std::optional<int> PositiveNumber(const std::string& text);

}  // namespace course

#endif  // TOOLS_COURSE_COMMANDS_CONTEXT_H_
