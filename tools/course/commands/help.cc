// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include <algorithm>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "tools/course/commands/commands.h"
#include "tools/course/text.h"

namespace course {
namespace {

void ShowFlags(Screen& screen, const std::vector<Flag>& flags) {
  for (const Flag& flag : flags) {
    const std::string left =
        flag.value.empty() ? flag.name : flag.name + "=" + flag.value;
    screen.Line("  " + Pad(left, 14) + flag.help);
  }
}

int HelpOn(Context& context, const Command& command) {
  Screen& screen = context.screen;
  std::string usage = context.Command(command.name);
  if (!command.arguments.empty()) usage += " " + command.arguments;
  screen.Json({{"schema", 1}, {"usage", usage}, {"summary", command.summary}});
  screen.Line(screen.In(Tone::kStrong, usage));
  screen.Lines(Wrap(command.summary, 80, "  "));
  screen.Lines(Wrap(command.details, 80, "  "));
  ShowFlags(screen, command.flags);
  ShowFlags(screen, CommonFlags());
  screen.Next(context.Command(command.name));
  return kOk;
}

}  // namespace

int RunHelp(Context& context) {
  if (!context.args.words.empty()) {
    const std::string& name = context.args.words[0];
    std::vector<std::string> names;
    for (const Command& command : Commands()) {
      if (command.name == name) return HelpOn(context, command);
      names.push_back(command.name);
    }
    Match match;
    match.candidates = Nearest(name, names);
    return FailName(context, "command", name, match, context.Command("help"));
  }
  Screen& screen = context.screen;
  nlohmann::json commands = nlohmann::json::array();
  screen.Line(screen.In(Tone::kStrong, context.me + " [command] [arguments]"));
  for (const Command& command : Commands()) {
    commands.push_back({{"name", command.name}, {"summary", command.summary}});
    screen.Line("  " + Pad(command.name + " " + command.arguments, 22) +
                command.summary);
  }
  screen.Line();
  ShowFlags(screen, CommonFlags());
  screen.Line();
  screen.Lines(
      Wrap("A name is a lesson (05, mutexes), an exercise or demo "
           "(mutexes/click_counter, click_counter), or the beginning of one.",
           80, ""));
  screen.Lines(
      Wrap("Exit status: 0 passed or fine, 1 not passed, 2 wrong usage, "
           "3 environment, 4 the grader's own fault, 130 interrupted.",
           80, ""));
  screen.Json({{"schema", 1}, {"commands", commands}});
  screen.Next(context.me);
  return kOk;
}

}  // namespace course
