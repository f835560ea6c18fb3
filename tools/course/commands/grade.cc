// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "nlohmann/json.hpp"
#include "tools/course/commands/commands.h"
#include "tools/course/commands/grading_run.h"
#include "tools/course/grade_screen.h"
#include "tools/course/grading.h"
#include "tools/course/text.h"

namespace course {
namespace {

// An answer that does not compile is no attempt, and the grader's own fault
// changes nothing.
void Record(const Grade& grade, const std::string& hash, ExerciseState& e) {
  if (grade.verdict == Verdict::kGrader) return;
  e.verdict = Name(grade.verdict);
  if (grade.verdict != Verdict::kBuild) ++e.attempts;
  if (grade.passed() * std::max(1, e.best_total) >
          e.best_passed * std::max(1, grade.total()) ||
      e.best_total == 0) {
    e.best_passed = grade.passed();
    e.best_total = grade.total();
  }
  if (grade.verdict == Verdict::kPassed) {
    e.progress = Progress::kPassed;
    e.passed_hash = hash;
  } else if (e.progress != Progress::kPassed) {
    e.progress = Progress::kFailed;
  }
}

void SuggestNext(Context& context, const Grade& grade) {
  Screen& screen = context.screen;
  switch (grade.verdict) {
    case Verdict::kPassed:
      screen.Next(context.Command("next"), "list, demo");
      break;
    case Verdict::kBuild:
      screen.Next(context.Command("grade"),
                  "when it is mended; with --log it shows more");
      break;
    case Verdict::kGrader:
      screen.Next(context.Command("doctor"), "then grade --log");
      break;
    default:
      screen.Next(context.Command("hint"),
                  "or edit the file, then " + context.Command("grade"));
  }
}

int ShowOne(Context& context, const Grade& grade) {
  nlohmann::json answer = GradeJson(grade);
  answer["schema"] = 1;
  answer["command"] = "grade";
  context.screen.Json(answer);
  ShowGrade(grade, context.screen);
  return ExitCodeFor({grade});
}

int ShowAll(Context& context, const std::vector<Grade>& grades) {
  Screen& screen = context.screen;
  const auto passed = std::count_if(
      grades.begin(), grades.end(),
      [](const Grade& grade) { return grade.verdict == Verdict::kPassed; });
  const std::string headline =
      std::to_string(passed) + " of " +
      Count(static_cast<int64_t>(grades.size()), "exercise") + " passed";
  screen.Line(screen.In(Tone::kStrong, headline));
  nlohmann::json all = nlohmann::json::array();
  for (const Grade& grade : grades) {
    all.push_back(GradeJson(grade));
    screen.Line("  " + GradeLine(grade, screen));
  }
  screen.Json({{"schema", 1},
               {"command", "grade"},
               {"passed", passed},
               {"total", grades.size()},
               {"exercises", all}});
  return ExitCodeFor(grades);
}

}  // namespace

int RunGrade(Context& context) {
  std::vector<const Exercise*> exercises;
  const bool all = context.args.Has("--all");
  bool one = false;
  if (all) {
    if (!context.args.words.empty()) {
      return Fail(context, kUsage, "Either a name or --all, not both.", {},
                  context.Command("grade --all"));
    }
    exercises = context.tree.Exercises();
  } else if (!context.args.words.empty()) {
    const std::string& query = context.args.words[0];
    const Match match =
        Resolve(context.tree, query, {.lessons = true, .exercises = true});
    if (!match.found()) {
      return FailName(context, "exercise or lesson", query, match,
                      context.Command("list"));
    }
    one = match.exercise != nullptr;
    if (one) exercises.push_back(match.exercise);
    if (match.lesson != nullptr) {
      for (const Exercise& e : match.lesson->exercises) {
        exercises.push_back(&e);
      }
    }
  } else if (const Exercise* current = context.Current()) {
    exercises.push_back(current);
    one = true;
  }
  if (exercises.empty()) {
    return Fail(context, kEnvironment, "There is no exercise to grade.", {},
                context.Command("list"));
  }

  // The file as it is now: it may change while it is being graded.
  std::map<std::string, std::string> hashes;
  for (const Exercise* exercise : exercises) {
    const std::string hash = FileHash(context.tree.Path(exercise->File()));
    if (hash.empty()) {
      return Fail(context, kEnvironment,
                  exercise->File() + " is missing or cannot be read.",
                  {"git brings it back as it was at first: git checkout -- " +
                   exercise->File()},
                  context.Command("grade " + exercise->Name()));
    }
    hashes[exercise->Name()] = hash;
  }
  const Grades result = RunGraders(context, exercises);
  if (result.failed != kOk) return result.failed;
  const absl::Status saved = Save(context, [&](State& state) {
    for (const Grade& grade : result.grades) {
      const std::string name = grade.exercise->Name();
      Record(grade, hashes[name], state.exercises[name]);
    }
    if (one) state.current = exercises[0]->Name();
  });
  const int code = one ? ShowOne(context, result.grades[0])
                       : ShowAll(context, result.grades);
  if (!saved.ok()) return FailState(context, saved);
  if (one) {
    SuggestNext(context, result.grades[0]);
    return code;
  }
  for (const Grade& grade : result.grades) {
    if (grade.verdict == Verdict::kPassed) continue;
    context.screen.Next(context.Command("grade " + grade.exercise->Name()));
    return code;
  }
  context.screen.Next(context.Command("next"), "list");
  return code;
}

}  // namespace course
