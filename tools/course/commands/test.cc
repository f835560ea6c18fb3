// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"
#include "tools/course/bazel.h"
#include "tools/course/build_events.h"
#include "tools/course/commands/commands.h"
#include "tools/course/text.h"

namespace course {
namespace {

constexpr int kLogsShown = 3;  // how many failing tests show their log
constexpr int kLogLines = 20;  // and how much of it

// What is known of one test, or of a target that could not be built.
struct Failure {
  std::string label;
  std::string status;
  std::string log_path;
};

struct Suite {
  int passed = 0;
  std::vector<Failure> failures;
};

Suite CountResults(const BuildEvents& events) {
  Suite suite;
  for (const auto& [label, target] : events.targets) {
    if (target.test_status == "PASSED") {
      ++suite.passed;
      continue;
    }
    // Not a test, and built: nothing to count.
    if (target.test_status.empty() && !target.failed) continue;
    Failure failure{label, target.test_status, ""};
    if (!target.runs.empty()) {
      failure.log_path = target.runs.back().log_path;
    } else if (!target.root_causes.empty()) {
      failure.status = "BUILD";
      const auto action = events.actions.find(target.root_causes[0]);
      if (action != events.actions.end()) {
        failure.log_path = action->second.stderr_path;
      }
    }
    if (failure.status.empty()) failure.status = "BUILD";
    suite.failures.push_back(failure);
  }
  return suite;
}

void ShowFailure(const Failure& failure, bool with_log, Context& context) {
  Screen& screen = context.screen;
  screen.Line("  " + screen.In(Tone::kBad, Pad(failure.status, 8)) + " " +
              failure.label);
  if (failure.log_path.empty()) return;
  screen.Line("           " +
              ReadablePath(context.tree.root, failure.log_path));
  if (!with_log) return;
  const std::vector<std::string> lines = ReadLines(failure.log_path);
  const int total = static_cast<int>(lines.size());
  for (int i = std::max(0, total - kLogLines); i < total; ++i) {
    screen.Line("    | " + Printable(lines[i]));
  }
}

// Exercises that are not as the student found them. Their starters cannot be
// shown to fail any more.
std::vector<std::string> EditedExercises(const Context& context) {
  std::vector<std::string> edited;
  for (const Exercise* exercise : context.tree.Exercises()) {
    const std::string first = context.Of(*exercise).first_hash;
    if (!first.empty() &&
        first != FileHash(context.tree.Path(exercise->File()))) {
      edited.push_back(exercise->Name());
    }
  }
  return edited;
}

}  // namespace

int RunTest(Context& context) {
  Screen& screen = context.screen;
  if (absl::Status made = context.state_file.MakeDir(); !made.ok()) {
    return FailState(context, made);
  }
  std::vector<std::string> own = {"//tests/..."};
  const std::vector<std::string> edited = EditedExercises(context);
  if (!edited.empty()) {
    // They must not be built either: an edited file need not compile.
    own = {"--test_tag_filters=-starter", "--build_tests_only", "//tests/..."};
    screen.Line(
        "Left out, because you have edited exercises: the proofs that "
        "starters fail.");
    for (const std::string& name : edited) screen.Line("  edited  " + name);
  }
  const std::vector<std::vector<std::string>> suites = {
      own, {"--config=solutions", "//lessons/..."}};

  Bazel bazel(context.tree.root, context.state_file.dir(),
              context.args.Has("--log"), screen);
  int passed = 0, failed = 0;
  nlohmann::json failures = nlohmann::json::array();
  for (const std::vector<std::string>& suite_args : suites) {
    std::string what = "bazel test";
    for (const std::string& arg : suite_args) what += " " + arg;
    screen.Line(screen.In(Tone::kStrong, what));
    std::vector<std::string> args = {"--keep_going"};
    args.insert(args.end(), suite_args.begin(), suite_args.end());
    const absl::StatusOr<BazelResult> run = bazel.Run("test", args, "testing");
    if (!run.ok()) {
      return Fail(context, kEnvironment,
                  "Bazel " + std::string(run.status().message()) + ".", {},
                  context.Command("doctor"));
    }
    if (run->interrupted) return Interrupted(context);
    Suite suite = CountResults(run->events);
    // Bazel is not content, yet no target says so: it did not get that far, or
    // there was nothing to test.
    if (run->exit_code != 0 && suite.failures.empty()) {
      for (const std::string& error : run->events.load_errors) {
        screen.Line("  " + Printable(error));
      }
      for (const std::string& line : bazel.Complaints(20)) {
        screen.Line("    | " + line);
      }
      suite.failures.push_back({what, "BAZEL", bazel.log_path()});
    }
    for (size_t i = 0; i < suite.failures.size(); ++i) {
      const Failure& failure = suite.failures[i];
      ShowFailure(failure, i < kLogsShown, context);
      failures.push_back({{"target", failure.label},
                          {"status", failure.status},
                          {"log", failure.log_path}});
    }
    const int suite_failed = static_cast<int>(suite.failures.size());
    screen.Line("  " + std::to_string(suite.passed) + " passed, " +
                std::to_string(suite_failed) + " failed" + "   " +
                std::to_string(static_cast<int>(run->seconds)) + " s");
    passed += suite.passed;
    failed += suite_failed;
  }
  screen.Json({{"schema", 1},
               {"command", "test"},
               {"passed", passed},
               {"failed", failed},
               {"failures", failures},
               {"starters_left_out", edited}});
  screen.Line(screen.In(failed == 0 ? Tone::kGood : Tone::kBad,
                        std::to_string(passed) + " passed, " +
                            std::to_string(failed) + " failed"));
  return failed == 0 ? kOk : kNotPassed;
}

}  // namespace course
