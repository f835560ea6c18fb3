// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include <algorithm>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "nlohmann/json.hpp"
#include "tools/course/commands/commands.h"
#include "tools/course/commands/demo_run.h"
#include "tools/course/text.h"

namespace course {
namespace {

// The lesson the student is at: the one of the current exercise.
const Lesson* CurrentLesson(const Context& context) {
  if (const Exercise* at = context.Current()) {
    return context.tree.LessonOf(*at);
  }
  return context.tree.lessons.empty() ? nullptr : &context.tree.lessons[0];
}

// The lesson's first demo that has not been run; null if all have been.
const Demo* NextDemo(const Context& context, const Lesson& lesson) {
  for (const Demo& demo : lesson.demos) {
    if (context.state.demos.count(demo.Name()) == 0) return &demo;
  }
  return nullptr;
}

int ListDemos(Context& context, const Lesson* only) {
  Screen& screen = context.screen;
  nlohmann::json demos = nlohmann::json::array();
  std::string example;
  int widest = 0;
  for (const Demo* demo : context.tree.Demos()) {
    widest = std::max(widest, Width(demo->Name()));
  }
  for (const Lesson& lesson : context.tree.lessons) {
    if (only != nullptr && only != &lesson) continue;
    for (const Demo& demo : lesson.demos) {
      const bool run = context.state.demos.count(demo.Name()) > 0;
      if (example.empty() || (!run && context.state.demos.count(example))) {
        example = demo.Name();
      }
      demos.push_back({{"name", demo.Name()},
                       {"title", demo.title},
                       {"file", demo.File()},
                       {"run", run}});
      const std::string left =
          std::string(run ? "[x] " : "[ ] ") + Pad(demo.Name(), widest) + "  ";
      screen.Line(left + Clip(demo.ShortTitle(), 80 - Width(left)));
    }
  }
  screen.Json({{"schema", 1}, {"command", "demo"}, {"demos", demos}});
  if (demos.empty()) screen.Line("There are no demos.");
  screen.Next(context.Command(example.empty() ? "list" : "demo " + example));
  return kOk;
}

}  // namespace

int RunDemo(Context& context) {
  const Demo* demo = nullptr;
  const Lesson* lesson = CurrentLesson(context);
  if (!context.args.words.empty()) {
    const std::string& query = context.args.words[0];
    const Match match =
        Resolve(context.tree, query, {.lessons = true, .demos = true});
    if (!match.found()) {
      return FailName(context, "demo", query, match,
                      context.Command("demo --list"));
    }
    demo = match.demo;
    if (match.lesson != nullptr) lesson = match.lesson;
  } else if (lesson != nullptr && !context.args.Has("--list")) {
    demo = NextDemo(context, *lesson);
  }
  const bool asked_for_all =
      context.args.Has("--list") && context.args.words.empty();
  if (demo == nullptr || context.args.Has("--list")) {
    return ListDemos(context, asked_for_all ? nullptr : lesson);
  }
  int times = 1;
  if (context.args.Has("--times")) {
    const std::optional<int> wanted =
        PositiveNumber(context.args.flags.at("--times"));
    if (!wanted) {
      return Fail(context, kUsage, "--times needs a number from 1.", {},
                  context.Command("demo " + demo->Name() + " --times=10"));
    }
    times = *wanted;
  }

  Screen& screen = context.screen;
  screen.Line(screen.In(Tone::kStrong, demo->Name()) + "  " + demo->File());
  screen.Lines(Wrap(demo->title, 80, "  "));
  screen.Line();
  const DemoOutcome outcome = PlayDemo(context, *demo, times);
  if (outcome.failed != kOk) return outcome.failed;
  const bool kept = outcome.mismatches.empty();
  const absl::Status saved =
      Save(context, [&](State& state) { state.demos.insert(demo->Name()); });
  ShowOutcome(context, *demo, outcome);
  screen.Json({{"schema", 1},
               {"command", "demo"},
               {"demo", demo->Name()},
               {"as_expected", kept},
               {"expected", outcome.expected},
               {"mismatches", outcome.mismatches},
               {"runs", outcome.runs},
               {"seconds", outcome.seconds},
               {"output", outcome.output}});
  if (!saved.ok()) return FailState(context, saved);
  const Demo* next = nullptr;
  for (const Lesson& l : context.tree.lessons) {
    if (l.dir == demo->lesson_dir) next = NextDemo(context, l);
  }
  if (next != nullptr) {
    screen.Next(context.Command("demo " + next->Name()), "grade, list");
  } else {
    screen.Next(context.Command("grade"), "demo --list");
  }
  return kept ? kOk : kNotPassed;
}

}  // namespace course
