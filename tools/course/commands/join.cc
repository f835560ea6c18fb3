// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include <cstring>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"
#include "tools/course/commands/commands.h"
#include "tools/course/text.h"

namespace course {

int RunJoin(Context& context) {
  const std::string again = context.Command("help join");
  if (context.args.words.empty()) {
    return Fail(context, kUsage, "Which file is to be joined?", {}, again);
  }
  const std::string& path = context.args.words[0];
  const std::optional<std::string> text = ReadFile(path);
  if (!text) {
    return Fail(context, kUsage, "The file " + path + " cannot be read.", {},
                again);
  }
  const absl::StatusOr<State> theirs = StateFromJson(*text);
  if (!theirs.ok()) {
    return Fail(context, kUsage, "The file " + path + " keeps no progress.",
                {std::string(theirs.status().message())}, again);
  }
  const absl::Status saved =
      Save(context, [&](State& state) { state = Merge(state, *theirs); });
  if (!saved.ok()) return FailState(context, saved);
  int passed = 0;
  for (const Exercise* exercise : context.tree.Exercises()) {
    passed += context.Of(*exercise).progress == Progress::kPassed ? 1 : 0;
  }
  context.screen.Json({{"schema", 1}, {"command", "join"}, {"passed", passed}});
  context.screen.Line("Joined: " + Count(passed, "exercise") + " passed.");
  context.screen.Next(context.Command("list"));
  return kOk;
}

}  // namespace course
