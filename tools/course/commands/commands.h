// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The commands of the program. One source file each; the table is the only
// list of them.

#ifndef TOOLS_COURSE_COMMANDS_COMMANDS_H_
#define TOOLS_COURSE_COMMANDS_COMMANDS_H_

#include <string>
#include <vector>

#include "tools/course/args.h"
#include "tools/course/commands/context.h"

namespace course {

struct Command {
  std::string name;
  std::string arguments;  // "[name]", for help
  std::string summary;    // one line
  std::string details;    // a paragraph, for `help command`
  std::vector<Flag> flags;
  int most_words;  // arguments it takes at most
  int (*run)(Context&);
};

const std::vector<Command>& Commands();

int RunStatus(Context& context);
int RunList(Context& context);
int RunNext(Context& context);
int RunDemo(Context& context);
int RunGrade(Context& context);
int RunHint(Context& context);
int RunTest(Context& context);
int RunDoctor(Context& context);
int RunJoin(Context& context);
int RunHelp(Context& context);

}  // namespace course

#endif  // TOOLS_COURSE_COMMANDS_COMMANDS_H_
