// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include <algorithm>
#include <string>

#include "nlohmann/json.hpp"
#include "tools/course/commands/commands.h"
#include "tools/course/text.h"

namespace course {
namespace {

const char* Mark(Progress progress) {
  switch (progress) {
    case Progress::kPassed:
      return "[x]";
    case Progress::kSkipped:
      return "[-]";
    case Progress::kNew:
    case Progress::kFailed:
      return "[ ]";
  }
  return "[ ]";
}

bool IsWanted(const Args& args, Progress progress) {
  if (args.Has("--failed")) return progress == Progress::kFailed;
  if (args.Has("--todo")) return progress != Progress::kPassed;
  return true;
}

std::string ExerciseLine(const Context& context, const Exercise& exercise) {
  const ExerciseState e = context.Of(exercise);
  std::string verdict = e.verdict;
  if (e.progress == Progress::kPassed && e.verdict == "PASSED" &&
      FileHash(context.tree.Path(exercise.File())) != e.passed_hash) {
    verdict = "changed since";
  }
  std::string score;
  if (e.best_total > 0) {
    score = std::to_string(e.best_passed) + "/" + std::to_string(e.best_total);
  }
  const bool here = &exercise == context.Current();
  std::string line = std::string(here ? "> " : "  ") + Mark(e.progress) + " " +
                     Pad(exercise.Name(), 34) + " " + Pad(score, 6) + verdict;
  return line.substr(0, line.find_last_not_of(' ') + 1);
}

nlohmann::json ExerciseJson(const Context& context, const Exercise& exercise) {
  const ExerciseState e = context.Of(exercise);
  return {{"name", exercise.Name()},
          {"title", exercise.title},
          {"file", exercise.File()},
          {"passed", e.progress == Progress::kPassed},
          {"skipped", e.progress == Progress::kSkipped},
          {"attempts", e.attempts},
          {"hints", e.hints},
          {"verdict", e.verdict},
          {"best_passed", e.best_passed},
          {"best_total", e.best_total}};
}

}  // namespace

int RunList(Context& context) {
  Screen& screen = context.screen;
  const Lesson* only = nullptr;
  if (!context.args.words.empty()) {
    const std::string& query = context.args.words[0];
    const Match match = Resolve(context.tree, query, {.lessons = true});
    if (!match.found()) {
      return FailName(context, "lesson", query, match, context.Command("list"));
    }
    only = match.lesson;
  }
  const bool all_kinds =
      !context.args.Has("--todo") && !context.args.Has("--failed");
  nlohmann::json lessons = nlohmann::json::array();
  int shown = 0;
  for (const Lesson& lesson : context.tree.lessons) {
    if (only != nullptr && only != &lesson) continue;
    nlohmann::json demos = nlohmann::json::array();
    nlohmann::json exercises = nlohmann::json::array();
    int passed = 0;
    bool any = all_kinds;
    for (const Exercise& exercise : lesson.exercises) {
      const Progress progress = context.Of(exercise).progress;
      passed += progress == Progress::kPassed ? 1 : 0;
      any = any || IsWanted(context.args, progress);
    }
    if (!any) continue;
    screen.Line(screen.In(
        Tone::kStrong, Ends(Clip(lesson.dir.substr(0, 2) + "  " + lesson.topic +
                                     ": " + lesson.title,
                                 68),
                            std::to_string(passed) + "/" +
                                std::to_string(lesson.exercises.size()))));
    if (all_kinds) {
      int widest = 0;
      for (const Demo& demo : lesson.demos) {
        widest = std::max(widest, Width(demo.Name()));
      }
      for (const Demo& demo : lesson.demos) {
        const bool run = context.state.demos.count(demo.Name()) > 0;
        demos.push_back(
            {{"name", demo.Name()}, {"title", demo.title}, {"run", run}});
        const std::string left = std::string("  ") + (run ? "[x] " : "[ ] ") +
                                 "demo " + Pad(demo.Name(), widest) + "  ";
        screen.Line(left + Clip(demo.ShortTitle(), 80 - Width(left)));
      }
    }
    for (const Exercise& exercise : lesson.exercises) {
      if (!IsWanted(context.args, context.Of(exercise).progress)) continue;
      ++shown;
      exercises.push_back(ExerciseJson(context, exercise));
      screen.Line(ExerciseLine(context, exercise));
    }
    lessons.push_back({{"lesson", lesson.dir},
                       {"title", lesson.title},
                       {"demos", demos},
                       {"exercises", exercises}});
  }
  const Exercise* at = context.Current();
  screen.Json({{"schema", 1},
               {"command", "list"},
               {"current", at ? at->Name() : ""},
               {"lessons", lessons}});
  if (at != nullptr && shown == 0 && !all_kinds)
    screen.Line("No exercise is left to show.");
  if (at == nullptr) {
    screen.Line("The course has no exercises yet.");
    screen.Next(context.Command("doctor"));
    return kOk;
  }
  if (context.Of(*at).progress == Progress::kPassed) {
    screen.Next(context.Command("next"));
  } else {
    screen.Next(context.Command("grade"), "hint, demo");
  }
  return kOk;
}

}  // namespace course
