// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "absl/status/status.h"

#include <algorithm>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "tools/course/commands/commands.h"
#include "tools/course/commands/demo_run.h"
#include "tools/course/commands/grading_run.h"
#include "tools/course/grade_screen.h"
#include "tools/course/text.h"

namespace course {
namespace {

void ShowPlace(Context& context) {
  Screen& screen = context.screen;
  const std::vector<const Exercise*> all = context.tree.Exercises();
  const Exercise* at = context.Current();
  const auto passed = static_cast<int>(
      std::count_if(all.begin(), all.end(), [&](const Exercise* e) {
        return context.Of(*e).progress == Progress::kPassed;
      }));
  int lesson_number = 0;
  for (size_t i = 0; i < context.tree.lessons.size(); ++i) {
    if (at != nullptr && context.tree.lessons[i].dir == at->lesson_dir) {
      lesson_number = static_cast<int>(i) + 1;
    }
  }
  const int total = static_cast<int>(all.size());
  const std::string title = "Concurrency in C++";
  const std::string right = "lesson " + std::to_string(lesson_number) + " of " +
                            std::to_string(context.tree.lessons.size()) + "  " +
                            Bar(passed, total, 20);
  screen.Line(screen.In(Tone::kStrong, title) +
              Ends(title, right).substr(title.size()));
  if (at == nullptr) {
    screen.Line("The course has no exercises yet.");
    screen.Next(context.Command("list"));
    return;
  }
  const ExerciseState e = context.Of(*at);
  const bool done = e.progress == Progress::kPassed;
  std::string standing = done ? "passed" : "not passed";
  if (e.attempts > 0) {
    standing += ", " + std::to_string(e.attempts) +
                (e.attempts == 1 ? " try" : " tries");
  }
  if (e.hints > 0) standing += ", " + Count(e.hints, "hint") + " used";
  if (!done && !e.verdict.empty()) standing += ", " + e.verdict;
  screen.Line("You are at  " + screen.In(Tone::kStrong, at->Name()) +
              std::string(std::max(2, 27 - Width(at->Name())), ' ') + standing);
  ShowWhere(context, *at);
  screen.Json({{"schema", 1},
               {"command", "status"},
               {"current", at->Name()},
               {"file", at->File()},
               {"passed", passed},
               {"total", total},
               {"attempts", e.attempts},
               {"hints", e.hints},
               {"verdict", e.verdict}});
  if (done && passed < total) {
    screen.Next(context.Command("next"), "list, demo");
  } else if (done) {
    screen.Next(context.Command("list"), "you have passed every exercise");
  } else {
    screen.Next(context.Command("grade"), "hint, list, demo");
  }
}

// The course's loop, shown once.
int Welcome(Context& context) {
  Screen& screen = context.screen;
  screen.Line(screen.In(Tone::kStrong,
                        "Welcome to Concurrency in C++: you learn it here by "
                        "running it."));
  screen.Line(
      "A lesson is a text to read, demos to run, and exercises to solve.");
  screen.Line(
      "A grade does not run your code and hope: it explores its "
      "interleavings.");
  screen.Line(
      "This is the loop, shown once: the first demo, then the first grade.");
  const std::vector<const Demo*> demos = context.tree.Demos();
  const std::vector<const Exercise*> exercises = context.tree.Exercises();
  if (!demos.empty()) {
    const Demo& demo = *demos[0];
    screen.Line();
    screen.Line(screen.In(Tone::kStrong,
                          "1. " + context.Command("demo " + demo.Name())));
    const DemoOutcome outcome = PlayDemo(context, demo, 1);
    if (outcome.failed != kOk) return outcome.failed;
    ShowOutcome(context, demo, outcome);
  }
  if (!exercises.empty()) {
    const Exercise& exercise = *exercises[0];
    screen.Line();
    screen.Line(screen.In(Tone::kStrong,
                          "2. " + context.Command("grade " + exercise.Name())) +
                "   (nobody has solved it yet, so it fails)");
    const Grades result = RunGraders(context, {&exercise});
    if (result.failed != kOk) return result.failed;
    ShowGrade(result.grades[0], screen);
    if (result.grades[0].verdict == Verdict::kGrader) {
      screen.Next(context.Command("doctor"));
      return kGraderFault;
    }
  }
  const absl::Status saved = Save(context, [&](State& state) {
    state.welcomed = true;
    if (!demos.empty()) state.demos.insert(demos[0]->Name());
  });
  if (!saved.ok()) return FailState(context, saved);
  screen.Line();
  screen.Line(screen.In(Tone::kStrong, "3. now you"));
  ShowPlace(context);
  return kOk;
}

}  // namespace

int RunStatus(Context& context) {
  const bool untouched = std::all_of(
      context.state.exercises.begin(), context.state.exercises.end(),
      [](const auto& e) { return e.second.verdict.empty(); });
  if (!context.state.welcomed && untouched && !context.screen.json()) {
    return Welcome(context);
  }
  ShowPlace(context);
  return kOk;
}

}  // namespace course
