// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"
#include "tools/course/bazel.h"
#include "tools/course/commands/commands.h"
#include "tools/course/text.h"

namespace course {
namespace {

namespace fs = std::filesystem;

enum class Health { kOk, kWarn, kFail };

struct Finding {
  Health health;
  std::string what;
  std::string mend;  // the command that mends it
};

const char* Word(Health health) {
  switch (health) {
    case Health::kOk:
      return "ok";
    case Health::kWarn:
      return "warn";
    case Health::kFail:
      return "FAIL";
  }
  return "";
}

Tone ToneOf(Health health) {
  switch (health) {
    case Health::kOk:
      return Tone::kGood;
    case Health::kWarn:
      return Tone::kWarn;
    case Health::kFail:
      return Tone::kBad;
  }
  return Tone::kPlain;
}

Finding CheckBazel(const Context& context) {
  Bazel bazel(context.tree.root, context.state_file.dir(), false,
              context.screen);
  const absl::StatusOr<std::string> version = bazel.Version();
  if (version.ok()) return {Health::kOk, *version, ""};
  return {Health::kFail, std::string(version.status().message()),
          "sudo apt-get install bazel-bootstrap"};
}

Finding CheckState(Context& context) {
  const std::string dir = context.state_file.dir();
  if (absl::Status made = context.state_file.MakeDir(); !made.ok()) {
    return {Health::kFail, std::string(made.message()),
            "sudo chown -R \"$(id -un)\" '" + dir + "'"};
  }
  const absl::StatusOr<State> state = context.state_file.Load();
  if (!state.ok()) {
    return {Health::kFail, std::string(state.status().message()),
            "ls -l '" + context.state_file.path() + "'"};
  }
  return {Health::kOk, "progress is kept in " + context.state_file.path(), ""};
}

// Each exercise and demo that a lesson declares has its files, and each folder
// of an exercise is declared.
std::vector<Finding> CheckTree(const Context& context) {
  std::vector<Finding> findings;
  const Tree& tree = context.tree;
  std::error_code error;
  int exercises = 0, demos = 0;
  auto missing = [&](const std::string& file) {
    if (fs::exists(tree.Path(file), error)) return;
    findings.push_back({Health::kFail, file + " is missing",
                        "git checkout -- '" + file + "'"});
  };
  for (const Lesson& lesson : tree.lessons) {
    missing(lesson.Readme());
    for (const Demo& demo : lesson.demos) {
      ++demos;
      missing(demo.File());
    }
    for (const Exercise& exercise : lesson.exercises) {
      ++exercises;
      for (const char* file :
           {"README.md", "exercise.h", "exercise.cc", "hints.md"}) {
        missing(exercise.Dir() + "/" + file);
      }
    }
    for (fs::directory_iterator it(tree.Path("exercises/" + lesson.dir), error),
         end;
         !error && it != end; it.increment(error)) {
      const std::string name =
          lesson.topic + "/" + it->path().filename().string();
      if (it->is_directory(error) && tree.FindExercise(name) == nullptr) {
        findings.push_back({Health::kWarn,
                            "exercises/" + lesson.dir + "/" +
                                it->path().filename().string() +
                                " is not in lessons/" + lesson.dir + "/BUILD",
                            ""});
      }
    }
  }
  if (findings.empty()) {
    findings.push_back(
        {Health::kOk,
         Count(static_cast<int64_t>(tree.lessons.size()), "lesson") + ", " +
             Count(demos, "demo") + ", " + Count(exercises, "exercise"),
         ""});
  }
  return findings;
}

}  // namespace

int RunDoctor(Context& context) {
  Screen& screen = context.screen;
  std::vector<Finding> findings = CheckTree(context);
  findings.push_back(CheckState(context));
  findings.push_back(CheckBazel(context));
  bool sound = true;
  nlohmann::json checks = nlohmann::json::array();
  for (const Finding& finding : findings) {
    const std::string word = Word(finding.health);
    sound = sound && finding.health != Health::kFail;
    screen.Line(screen.In(ToneOf(finding.health), Pad(word, 5)) + " " +
                finding.what);
    if (!finding.mend.empty()) screen.Line("      mend: " + finding.mend);
    checks.push_back(
        {{"health", word}, {"what", finding.what}, {"mend", finding.mend}});
  }
  screen.Json({{"schema", 1}, {"command", "doctor"}, {"checks", checks}});
  screen.Next(sound ? context.me : context.Command("doctor"));
  return sound ? kOk : kEnvironment;
}

}  // namespace course
