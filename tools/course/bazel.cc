// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "tools/course/bazel.h"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/course/build_events.h"
#include "tools/course/process.h"
#include "tools/course/screen.h"
#include "tools/course/text.h"

namespace course {
namespace {

using Clock = std::chrono::steady_clock;

std::string Env(const char* name, const std::string& fallback) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : fallback;
}

// The last line of what is being written to `path`.
std::string LastLine(const std::string& path) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  if (!in) return "";
  const std::streamoff size = in.tellg();
  const std::streamoff from = size > 2000 ? size - 2000 : 0;
  in.seekg(from);
  std::string last;
  for (std::string line; std::getline(in, line);) {
    line = Trim(Printable(line));
    if (!line.empty()) last = line;
  }
  return last;
}

}  // namespace

Bazel::Bazel(const std::string& root, const std::string& work_dir,
             bool show_log, Screen& screen)
    : root_(root),
      work_dir_(work_dir),
      log_path_(work_dir + "/bazel.log"),
      show_log_(show_log),
      command_(Env("COURSE_BAZEL", "bazel")),
      screen_(screen) {
  std::istringstream words(Env("COURSE_BAZEL_FLAGS", ""));
  for (std::string word; words >> word;) flags_.push_back(word);
}

absl::StatusOr<BazelResult> Bazel::Run(const std::string& verb,
                                       const std::vector<std::string>& args,
                                       const std::string& doing) {
  const std::string events =
      work_dir_ + "/events-" + std::to_string(getpid()) + ".json";
  ProcessOptions options;
  options.cwd = root_;
  options.argv = {command_, verb};
  options.argv.insert(options.argv.end(), flags_.begin(), flags_.end());
  options.argv.push_back("--build_event_json_file=" + events);
  const Clock::time_point began = Clock::now();
  unlink(log_path_.c_str());
  if (show_log_) {
    // stdout is for our own words, --json's above all.
    options.stdout_to_stderr = true;
  } else {
    options.log_path = log_path_;
    options.argv.push_back("--color=no");
    options.argv.push_back("--curses=no");
    options.argv.push_back("--show_progress_rate_limit=0.3");
    options.on_tick = [&] {
      if (!screen_.live()) return;
      const std::string last = LastLine(log_path_);
      // Bazel's progress, as "[12 / 40] Compiling exercise.cc".
      screen_.Live(doing + (last.empty() ? "" : "  " + last), began);
    };
  }
  options.argv.insert(options.argv.end(), args.begin(), args.end());
  absl::StatusOr<ProcessResult> process = RunProcess(options);
  screen_.ClearLive();
  if (!process.ok()) {
    unlink(events.c_str());
    return process.status();
  }
  BazelResult result;
  result.exit_code = process->exit_code;
  result.interrupted = process->interrupted;
  result.seconds = std::chrono::duration<double>(Clock::now() - began).count();
  result.events = ReadBuildEvents(events);
  unlink(events.c_str());
  return result;
}

absl::StatusOr<std::string> Bazel::Version() {
  ProcessOptions options;
  options.cwd = root_;
  options.argv = {command_, "--version"};
  std::string out;
  options.on_stdout = [&](const std::string& bytes) { out += bytes; };
  options.on_stderr = [](const std::string&) {};
  absl::StatusOr<ProcessResult> process = RunProcess(options);
  if (!process.ok()) return process.status();
  if (process->exit_code != 0) {
    return absl::UnavailableError(command_ + " --version ends with status " +
                                  std::to_string(process->exit_code));
  }
  return Trim(Printable(out));
}

std::vector<std::string> Bazel::Complaints(int count) const {
  std::vector<std::string> errors, all;
  for (const std::string& raw : ReadLines(log_path_)) {
    const std::string line = Printable(raw);
    if (Trim(line).empty()) continue;
    all.push_back(line);
    if (line.rfind("ERROR", 0) == 0 || line.rfind("FATAL", 0) == 0) {
      errors.push_back(line);
    }
  }
  std::vector<std::string>& lines = errors.empty() ? all : errors;
  if (static_cast<int>(lines.size()) > count) {
    // The first error is the cause; of other output the end says most.
    if (errors.empty()) {
      lines.erase(lines.begin(), lines.end() - count);
    } else {
      lines.resize(count);
    }
  }
  return lines;
}

}  // namespace course
