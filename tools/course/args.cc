// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "tools/course/args.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace course {

const std::vector<Flag>& CommonFlags() {
  static const auto& kFlags = *new std::vector<Flag>{
      {"--json", "", "print one JSON object and nothing else"},
      {"--plain", "", "no colour and no live line"},
      {"--no-color", "", "no colour (as NO_COLOR does)"},
      {"--log", "", "show what Bazel prints"},
      {"--help", "", "say what the command does"},
  };
  return kFlags;
}

absl::StatusOr<Args> ParseArgs(const std::vector<std::string>& argv,
                               const std::vector<Flag>& known) {
  Args args;
  bool flags_end = false;
  for (size_t i = 0; i < argv.size(); ++i) {
    std::string word = argv[i];
    if (!flags_end && word == "--") {
      flags_end = true;
      continue;
    }
    if (word == "-h") word = "--help";
    if (flags_end || word.size() < 2 || word[0] != '-') {
      if (args.command.empty() && !flags_end) {
        args.command = word;
      } else {
        args.words.push_back(word);
      }
      continue;
    }
    const size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const auto flag =
        std::find_if(known.begin(), known.end(),
                     [&](const Flag& f) { return f.name == name; });
    if (flag == known.end()) {
      return absl::InvalidArgumentError("unknown flag " + name);
    }
    std::string value;
    if (flag->value.empty()) {
      if (equals != std::string::npos) {
        return absl::InvalidArgumentError(name + " takes no value");
      }
    } else if (equals != std::string::npos) {
      value = word.substr(equals + 1);
    } else if (i + 1 < argv.size()) {
      value = argv[++i];
    } else {
      return absl::InvalidArgumentError(name + " needs a value: " + name + "=" +
                                        flag->value);
    }
    args.flags[name] = value;
  }
  return args;
}

}  // namespace course
