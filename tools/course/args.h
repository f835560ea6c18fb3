// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The command line: `course [flags] [command] [flags] [arguments]`.

#ifndef TOOLS_COURSE_ARGS_H_
#define TOOLS_COURSE_ARGS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace course {

struct Flag {
  std::string name;   // "--skip"
  std::string value;  // what stands for its value in help; empty: takes none
  std::string help;
};

struct Args {
  std::string command;                       // empty: none was given
  std::vector<std::string> words;            // behind the command
  std::map<std::string, std::string> flags;  // "--level" -> "2"

  bool Has(const std::string& flag) const { return flags.count(flag) > 0; }
};

// Flags that every command takes.
const std::vector<Flag>& CommonFlags();

// Splits words and flags; a flag is looked up in `known`, whatever command it
// belongs to. InvalidArgument says what is wrong with it.
absl::StatusOr<Args> ParseArgs(const std::vector<std::string>& argv,
                               const std::vector<Flag>& known);

}  // namespace course

#endif  // TOOLS_COURSE_ARGS_H_
