// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "nlohmann/json.hpp"
#include "tools/course/commands/commands.h"
#include "tools/course/text.h"

namespace course {
namespace {

// The first exercise behind `from`, in the course's order and then from its
// start, that is not passed; null if all are.
const Exercise* FirstOpenAfter(const Context& context, const Exercise& from) {
  const std::vector<const Exercise*> all = context.tree.Exercises();
  const auto here = std::find(all.begin(), all.end(), &from);
  std::vector<const Exercise*> order(here + 1, all.end());
  order.insert(order.end(), all.begin(), here + 1);
  for (const Exercise* exercise : order) {
    if (exercise != &from &&
        context.Of(*exercise).progress != Progress::kPassed) {
      return exercise;
    }
  }
  return nullptr;
}

}  // namespace

int RunNext(Context& context) {
  Screen& screen = context.screen;
  const Exercise* at = context.Current();
  if (at == nullptr) {
    return Fail(context, kEnvironment, "The course has no exercises.", {},
                context.Command("doctor"));
  }
  const bool passed = context.Of(*at).progress == Progress::kPassed;
  if (!passed && !context.args.Has("--skip")) {
    return Fail(context, kNotPassed, at->Name() + " is not passed yet.", {},
                context.Command("grade"));
  }
  const Exercise* to = FirstOpenAfter(context, *at);
  const absl::Status saved = Save(context, [&](State& state) {
    if (!passed) {
      ExerciseState& e = state.exercises[at->Name()];
      if (e.progress == Progress::kNew) e.progress = Progress::kSkipped;
    }
    if (to != nullptr) state.current = to->Name();
  });
  if (!saved.ok()) return FailState(context, saved);
  if (to == nullptr) {
    screen.Json({{"schema", 1}, {"command", "next"}, {"current", nullptr}});
    screen.Line(passed
                    ? screen.In(Tone::kGood, "You have passed every exercise.")
                    : "Every other exercise is passed.");
    screen.Next(context.Command("list"));
    return kOk;
  }
  screen.Json({{"schema", 1},
               {"command", "next"},
               {"current", to->Name()},
               {"file", to->File()}});
  screen.Line("You are at  " + screen.In(Tone::kStrong, to->Name()) + "  " +
              Clip(to->title, 66 - Width(to->Name())));
  const bool new_lesson = to->lesson_dir != at->lesson_dir;
  const Lesson* lesson = context.tree.LessonOf(*to);
  if (new_lesson && lesson != nullptr) {
    screen.Line("  new lesson: " + Clip(lesson->title, 66));
  }
  ShowWhere(context, *to);
  if (new_lesson && lesson != nullptr && !lesson->demos.empty()) {
    screen.Next(context.Command("demo " + lesson->demos[0].Name()),
                Count(static_cast<int64_t>(lesson->demos.size()), "demo") +
                    ", then grade");
  } else {
    screen.Next(context.Command("grade"), "hint, list, demo");
  }
  return kOk;
}

}  // namespace course
