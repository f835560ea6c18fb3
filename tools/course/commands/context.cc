// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "tools/course/commands/context.h"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"
#include "tools/course/bazel.h"
#include "tools/course/names.h"
#include "tools/course/screen.h"
#include "tools/course/state.h"
#include "tools/course/text.h"
#include "tools/course/tree.h"

namespace course {

ExerciseState Context::Of(const Exercise& exercise) const {
  const auto it = state.exercises.find(exercise.Name());
  return it != state.exercises.end() ? it->second : ExerciseState();
}

const Exercise* Context::Current() const {
  if (const Exercise* at = tree.FindExercise(state.current)) return at;
  const std::vector<const Exercise*> all = tree.Exercises();
  for (const Exercise* exercise : all) {
    if (Of(*exercise).progress != Progress::kPassed) return exercise;
  }
  return all.empty() ? nullptr : all.back();
}

int Fail(Context& context, int exit_code, const std::string& sentence,
         const std::vector<std::string>& details, const std::string& next) {
  Screen& screen = context.screen;
  screen.Json({{"schema", 1},
               {"command", context.args.command},
               {"exit_status", exit_code},
               {"error", sentence},
               {"details", details},
               {"next", next}});
  screen.Lines(Wrap(sentence, 80, ""));
  for (const std::string& detail : details) {
    screen.Lines(Wrap(detail, 80, "  "));
  }
  screen.Next(next);
  return exit_code;
}

int FailName(Context& context, const std::string& what,
             const std::string& query, const Match& match,
             const std::string& next) {
  const std::string sentence =
      match.ambiguous
          ? "\"" + query + "\" is the beginning of several names:"
          : "There is no " + what + " \"" + query + "\"." +
                (match.candidates.empty() ? "" : " The nearest names are:");
  return Fail(context, kUsage, Printable(sentence), match.candidates, next);
}

int FailState(Context& context, const absl::Status& status) {
  const std::string& dir = context.state_file.dir();
  return Fail(
      context, kEnvironment,
      "Your progress cannot be kept: " + std::string(status.message()) + ".",
      {"The folder " + dir + " must be yours and the disk not full.",
       "Look at it:  ls -ld '" + dir + "'; df -h '" + context.tree.root + "'"},
      context.Command("doctor"));
}

int FailBazel(Context& context, const Bazel& bazel,
              const std::vector<std::string>& errors) {
  std::vector<std::string> details = bazel.Complaints(8);
  if (details.empty()) details = errors;
  details.push_back("the whole log: " + bazel.log_path());
  return Fail(context, kEnvironment,
              "The build tool failed before it got to the code.", details,
              context.Command("doctor"));
}

int Interrupted(Context& context) {
  return Fail(
      context, kInterrupted, "Interrupted. Nothing has changed.", {},
      context.Command(context.args.command.empty() ? "help"
                                                   : context.args.command));
}

absl::Status Save(Context& context, const std::function<void(State&)>& change) {
  return context.state_file.Update([&](State& state) {
    change(state);
    context.state = state;
  });
}

std::string Bar(int done, int total, int columns) {
  const int filled = total > 0 ? done * columns / total : 0;
  return "[" + std::string(filled, '#') + std::string(columns - filled, '-') +
         "] " + std::to_string(done) + "/" + std::to_string(total);
}

void ShowWhere(Context& context, const Exercise& exercise) {
  std::string edit = exercise.File();
  if (const int line = FirstTodo(context.tree, exercise); line > 0) {
    edit += ":" + std::to_string(line);
  }
  context.screen.Line("  read   " + ReadingFor(context.tree, exercise));
  context.screen.Line("  task   " + exercise.Dir() + "/README.md");
  context.screen.Line("  edit   " + edit);
}

std::optional<int> PositiveNumber(const std::string& text) {
  char* end = nullptr;
  const long number = std::strtol(text.c_str(), &end, 10);
  if (text.empty() || *end != '\0' || number < 1 || number > 1000000) {
    return std::nullopt;
  }
  return static_cast<int>(number);
}

}  // namespace course
