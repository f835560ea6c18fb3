// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// course: the program a student and an instructor meet at the terminal.
//
// It reads the tree and runs Bazel; it knows nothing of the lessons. The
// launcher (./course in the root) sees to what must be installed, builds this
// program and runs it with
//   COURSE_ROOT         the checkout
//   COURSE_COMMAND      how the student called it, for "Next:" lines
//   COURSE_BAZEL, COURSE_BAZEL_FLAGS   which Bazel to use, and how
// all of which may be missing.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/course/args.h"
#include "tools/course/commands/commands.h"
#include "tools/course/commands/context.h"
#include "tools/course/names.h"
#include "tools/course/screen.h"
#include "tools/course/state.h"
#include "tools/course/text.h"
#include "tools/course/tree.h"

namespace course {
namespace {

std::vector<Flag> AllFlags() {
  std::vector<Flag> all = CommonFlags();
  for (const Command& command : Commands()) {
    all.insert(all.end(), command.flags.begin(), command.flags.end());
  }
  return all;
}

// A whole name, or the only one that begins so; null if there is none such.
const Command* FindCommand(const std::string& name) {
  const Command* found = nullptr;
  int begins = 0;
  for (const Command& command : Commands()) {
    if (command.name == name) return &command;
    if (command.name.rfind(name, 0) == 0) {
      found = &command;
      ++begins;
    }
  }
  return begins == 1 ? found : nullptr;
}

int FailCommand(Context& context, const std::string& name) {
  Match match;
  std::vector<std::string> names;
  for (const Command& command : Commands()) {
    names.push_back(command.name);
    if (command.name.rfind(name, 0) == 0) {
      match.candidates.push_back(command.name);
    }
  }
  match.ambiguous = match.candidates.size() > 1;
  if (!match.ambiguous) match.candidates = Nearest(name, names);
  return FailName(context, "command", name, match, context.Command("help"));
}

// Writes down what each exercise looked like when it was first seen, so that
// an edited one is known as such. Not being able to is no reason to stop: the
// command that needs the state will say so.
void NoteFirstSight(Context& context) {
  std::vector<const Exercise*> fresh;
  for (const Exercise* exercise : context.tree.Exercises()) {
    if (context.Of(*exercise).first_hash.empty()) fresh.push_back(exercise);
  }
  if (fresh.empty()) return;
  const absl::Status ignored = Save(context, [&](State& state) {
    for (const Exercise* exercise : fresh) {
      state.exercises[exercise->Name()].first_hash =
          FileHash(context.tree.Path(exercise->File()));
    }
  });
  ignored.IgnoreError();
}

int Main(const std::vector<std::string>& argv) {
  absl::StatusOr<Args> args = ParseArgs(argv, AllFlags());
  const absl::StatusOr<std::string> root = FindRoot();
  const absl::StatusOr<Tree> tree =
      root.ok() ? ReadTree(*root) : absl::StatusOr<Tree>(root.status());

  Screen::Options options = Screen::Detect();
  // Also when the rest of the line is wrong.
  options.json = std::find(argv.begin(), argv.end(), "--json") != argv.end();
  if (args.ok()) {
    options.color = options.color && !args->Has("--no-color") &&
                    !args->Has("--plain") && !options.json;
    options.live = options.live && !args->Has("--plain") && !options.json;
  }
  Screen screen(options);
  const char* me = std::getenv("COURSE_COMMAND");
  const Tree nothing;
  StateFile state_file(root.ok() ? *root : "");
  Context context{tree.ok() ? *tree : nothing,
                  state_file,
                  State(),
                  screen,
                  args.ok() ? *args : Args(),
                  me && *me ? me : "course"};

  if (!args.ok()) {
    std::string flag(args.status().message());
    return Fail(context, kUsage, Printable("Wrong usage: " + flag + "."), {},
                context.Command("help"));
  }
  const std::string name =
      context.args.command.empty() ? "status" : context.args.command;
  const Command* command = FindCommand(name);
  if (command == nullptr) return FailCommand(context, name);
  if (context.args.Has("--help") && !context.args.command.empty()) {
    context.args.words = {command->name};
    return RunHelp(context);
  }
  if (context.args.Has("--help")) return RunHelp(context);
  for (const auto& [flag, value] : context.args.flags) {
    bool takes = false;
    for (const Flag& f : CommonFlags()) takes = takes || f.name == flag;
    for (const Flag& f : command->flags) takes = takes || f.name == flag;
    if (!takes) {
      return Fail(
          context, kUsage,
          "Wrong usage: " + command->name + " does not take " + flag + ".", {},
          context.Command("help " + command->name));
    }
  }
  if (static_cast<int>(context.args.words.size()) > command->most_words) {
    return Fail(context, kUsage,
                "Wrong usage: " + command->name + " takes " +
                    (command->most_words == 0 ? "no argument."
                                              : "one argument at most."),
                {}, context.Command("help " + command->name));
  }
  if (command->run == RunHelp) return RunHelp(context);
  if (!tree.ok()) {
    return Fail(context, kEnvironment,
                "No course here: " + std::string(tree.status().message()) + ".",
                {}, "cd into the checkout, then type: " + context.me);
  }

  absl::StatusOr<State> state = state_file.Load();
  if (!state_file.notice().empty()) {
    std::fprintf(stderr, "%s\n", state_file.notice().c_str());
  }
  if (!state.ok() && command->run != RunDoctor) {
    return FailState(context, state.status());
  }
  if (state.ok()) {
    context.state = *state;
    if (command->run != RunDoctor) NoteFirstSight(context);
  }
  return command->run(context);
}

}  // namespace
}  // namespace course

int main(int argc, char** argv) {
  return course::Main(std::vector<std::string>(argv + 1, argv + argc));
}
