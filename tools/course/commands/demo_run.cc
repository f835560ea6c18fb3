// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "tools/course/commands/demo_run.h"

#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/course/bazel.h"
#include "tools/course/commands/context.h"
#include "tools/course/grading.h"
#include "tools/course/process.h"
#include "tools/course/screen.h"
#include "tools/course/text.h"
#include "tools/expectation.h"

namespace course {
namespace {

using Clock = std::chrono::steady_clock;

// The demo's own program and, if its promise speaks of the explorer, the one
// that runs under the explorer.
struct Programs {
  std::string plain;
  std::string explored;
};

std::string ProgramOf(const BuildEvents& events, const std::string& target) {
  const auto it = events.targets.find(target);
  if (it == events.targets.end() || !it->second.completed) return "";
  const std::string name = "/" + target.substr(target.find(':') + 1);
  for (const std::string& file : it->second.files) {
    if (file.size() > name.size() &&
        file.compare(file.size() - name.size(), name.size(), name) == 0) {
      return file;
    }
  }
  return "";
}

int FailCompile(Context& context, const Demo& demo, const BuildEvents& events,
                const Bazel& bazel) {
  for (const auto& [output, action] : events.actions) {
    const BuildError error = FirstError(
        Printable(ReadFile(action.stderr_path).value_or("")), demo.File());
    if (error.message.empty()) continue;
    std::string place = error.file;
    if (error.line > 0) place += ":" + std::to_string(error.line);
    return Fail(context, kNotPassed,
                "UNEXPECTED: " + demo.Name() + " does not compile.",
                Wrap(place + ": " + error.message, 76, ""),
                context.Command("demo " + demo.Name() + " --log"));
  }
  return FailBazel(context, bazel, events.load_errors);
}

// Builds what is needed; `failed` is set if it could not be.
Programs Build(Context& context, const Demo& demo, bool explored, int& failed) {
  Programs programs;
  if (absl::Status made = context.state_file.MakeDir(); !made.ok()) {
    failed = FailState(context, made);
    return programs;
  }
  Bazel bazel(context.tree.root, context.state_file.dir(),
              context.args.Has("--log"), context.screen);
  std::vector<std::string> targets = {demo.Target()};
  if (explored) targets.push_back(demo.Target() + "_explored");
  const absl::StatusOr<BazelResult> run =
      bazel.Run("build", targets, "building " + demo.Name());
  if (!run.ok()) {
    failed = Fail(context, kEnvironment,
                  "Bazel " + std::string(run.status().message()) + ".", {},
                  context.Command("doctor"));
    return programs;
  }
  if (run->interrupted) {
    failed = Interrupted(context);
    return programs;
  }
  programs.plain = ProgramOf(run->events, demo.Target());
  if (explored) {
    programs.explored = ProgramOf(run->events, demo.Target() + "_explored");
  }
  if (programs.plain.empty() || (explored && programs.explored.empty())) {
    failed = FailCompile(context, demo, run->events, bazel);
  }
  return programs;
}

// Runs a program; what it writes is shown and kept.
std::optional<tools::RunResult> Play(Context& context,
                                     const std::string& program,
                                     DemoOutcome& outcome) {
  tools::RunResult result;
  auto keep = [&](std::string& stream) {
    return [&](const std::string& bytes) {
      stream += bytes;
      outcome.output += bytes;
      if (!context.screen.json()) context.screen.Raw(bytes);
    };
  };
  ProcessOptions options;
  options.argv = {program};
  // Debug information names sources relative to the root.
  options.cwd = context.tree.root;
  options.on_stdout = keep(result.standard_output);
  options.on_stderr = keep(result.standard_error);
  options.terminal = !context.screen.json();
  options.grace_seconds = 2;
  const absl::StatusOr<ProcessResult> process = RunProcess(options);
  if (!process.ok()) {
    outcome.failed =
        Fail(context, kEnvironment,
             "The demo " + std::string(process.status().message()) + ".", {},
             context.Command("doctor"));
    return std::nullopt;
  }
  if (process->interrupted) {
    outcome.failed = Interrupted(context);
    return std::nullopt;
  }
  if (!outcome.output.empty() && outcome.output.back() != '\n') {
    context.screen.Line();
  }
  result.exit_status = process->exit_code;
  return result;
}

}  // namespace

DemoOutcome PlayDemo(Context& context, const Demo& demo, int times) {
  DemoOutcome outcome;
  const std::string source =
      ReadFile(context.tree.Path(demo.File())).value_or("");
  const absl::StatusOr<tools::Expectation> expectation =
      tools::ParseExpectation(source);
  if (!expectation.ok()) {
    outcome.failed =
        Fail(context, kGraderFault,
             demo.File() + " does not say what it does; that is our fault.",
             {std::string(expectation.status().message())},
             context.Command("demo --list"));
    return outcome;
  }
  outcome.expected = tools::Summary(*expectation);
  const bool explored = expectation->explorer_finds.has_value();
  const Programs programs = Build(context, demo, explored, outcome.failed);
  if (outcome.failed != kOk) return outcome;

  const Clock::time_point began = Clock::now();
  while (outcome.runs < times && outcome.mismatches.empty()) {
    ++outcome.runs;
    if (times > 1) {
      context.screen.Line(context.screen.In(
          Tone::kFaint, "--- run " + std::to_string(outcome.runs) + " of " +
                            std::to_string(times)));
    }
    const std::optional<tools::RunResult> run =
        Play(context, programs.plain, outcome);
    if (!run) return outcome;
    outcome.mismatches = tools::Mismatches(*expectation, *run);
  }
  if (explored && outcome.mismatches.empty()) {
    context.screen.Line(
        context.screen.In(Tone::kFaint, "--- under the explorer"));
    const std::optional<tools::RunResult> run =
        Play(context, programs.explored, outcome);
    if (!run) return outcome;
    if (!tools::ReportSays(run->standard_output + "\n" + run->standard_error,
                           *expectation->explorer_finds)) {
      outcome.mismatches.push_back("the explorer does not find: " +
                                   *expectation->explorer_finds);
    }
  }
  outcome.seconds = std::chrono::duration<double>(Clock::now() - began).count();
  return outcome;
}

void ShowOutcome(Context& context, const Demo& demo,
                 const DemoOutcome& outcome) {
  Screen& screen = context.screen;
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%.1f s", outcome.seconds);
  const std::string runs =
      outcome.runs > 1 ? Count(outcome.runs, "run") + "   " : "";
  if (outcome.mismatches.empty()) {
    const std::string words = "as expected";
    const std::string line =
        Ends(words + ": " + Clip(outcome.expected, 50), runs + seconds);
    screen.Line(screen.In(Tone::kGood, words) + line.substr(words.size()));
    return;
  }
  const std::string words = "UNEXPECTED";
  const std::string line = Ends(words + "  " + demo.Name(), runs + seconds);
  screen.Line(screen.In(Tone::kBad, words) + line.substr(words.size()));
  for (const std::string& sentence : outcome.mismatches) {
    screen.Lines(Wrap(sentence, 80, "  "));
  }
  screen.Line("  what it promises stands at the end of " + demo.File());
}

}  // namespace course
