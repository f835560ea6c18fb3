// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "tools/course/commands/grading_run.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/course/bazel.h"
#include "tools/course/commands/context.h"
#include "tools/course/grading.h"

namespace course {

Grades RunGraders(Context& context,
                  const std::vector<const Exercise*>& exercises) {
  Grades result;
  if (absl::Status made = context.state_file.MakeDir(); !made.ok()) {
    result.failed = FailState(context, made);
    return result;
  }
  Bazel bazel(context.tree.root, context.state_file.dir(),
              context.args.Has("--log"), context.screen);
  std::vector<std::string> args;
  if (exercises.size() > 1) args.push_back("--keep_going");
  for (const Exercise* exercise : exercises) args.push_back(exercise->Target());
  const absl::StatusOr<BazelResult> run = bazel.Run(
      "test", args,
      exercises.size() == 1 ? "grading " + exercises[0]->Name() : "grading");
  if (!run.ok()) {
    result.failed = Fail(context, kEnvironment,
                         "Bazel " + std::string(run.status().message()) + ".",
                         {}, context.Command("doctor"));
    return result;
  }
  if (run->interrupted) {
    result.failed = Interrupted(context);
    return result;
  }
  for (const Exercise* exercise : exercises) {
    std::optional<Grade> grade =
        GradeFrom(context.tree, *exercise, run->events);
    if (!grade) {
      std::vector<std::string> why = run->events.load_errors;
      const auto target = run->events.targets.find(exercise->Target());
      if (target != run->events.targets.end() && !target->second.why.empty()) {
        why.push_back(target->second.why);
      }
      result.grades.clear();
      result.failed = FailBazel(context, bazel, why);
      return result;
    }
    // What the student waited for is the whole run.
    if (exercises.size() == 1) grade->seconds = run->seconds;
    result.grades.push_back(*grade);
  }
  return result;
}

int ExitCodeFor(const std::vector<Grade>& grades) {
  int code = kOk;
  for (const Grade& grade : grades) {
    if (grade.verdict == Verdict::kGrader) return kGraderFault;
    if (grade.verdict != Verdict::kPassed) code = kNotPassed;
  }
  return code;
}

}  // namespace course
