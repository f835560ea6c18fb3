// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Runs one child process, and leaves nothing behind.
//
// The child gets a process group of its own and no input. While it runs,
// SIGINT, SIGTERM and SIGHUP reach this program only: it passes SIGINT on to
// the group, waits a while, then kills the group. What is left of the group
// when the child ends is killed too.

#ifndef TOOLS_COURSE_PROCESS_H_
#define TOOLS_COURSE_PROCESS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace course {

using Sink = std::function<void(const std::string&)>;

struct ProcessOptions {
  std::vector<std::string> argv;  // argv[0] is looked up in PATH
  std::string cwd;

  // Where its output goes: each stream to its sink, or, without a sink, to the
  // end of `log_path`, or, without that, to this program's own stream.
  Sink on_stdout;
  Sink on_stderr;
  std::string log_path;

  // Its stdout, if it has no sink and no log, is this program's stderr.
  bool stdout_to_stderr = false;

  // Gives the child a terminal as stdout if this program has one, so that it
  // writes line by line. Needs on_stdout.
  bool terminal = false;

  // Called about ten times a second.
  std::function<void()> on_tick;

  // How long the group has to end after an interruption.
  int grace_seconds = 5;
};

struct ProcessResult {
  int exit_code = 0;         // as a shell says it: 128 + signal if killed
  bool interrupted = false;  // by a signal to this program
};

// An error means that the child could not be started.
absl::StatusOr<ProcessResult> RunProcess(const ProcessOptions& options);

}  // namespace course

#endif  // TOOLS_COURSE_PROCESS_H_
