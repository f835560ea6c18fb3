// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Runs Bazel as a child and reads what it says about the build.
//
// The launcher chooses the binary and its flags: $COURSE_BAZEL (default
// "bazel") and $COURSE_BAZEL_FLAGS (separated by spaces, put behind the verb).
// Bazel's own output goes to .course/bazel.log, or to the terminal with --log.

#ifndef TOOLS_COURSE_BAZEL_H_
#define TOOLS_COURSE_BAZEL_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/course/build_events.h"
#include "tools/course/screen.h"

namespace course {

struct BazelResult {
  BuildEvents events;
  int exit_code = 0;
  bool interrupted = false;
  double seconds = 0;
};

class Bazel {
 public:
  // `work_dir` is an existing folder for the log and the event file.
  Bazel(const std::string& root, const std::string& work_dir, bool show_log,
        Screen& screen);

  // `bazel verb args...`; `doing` is what the live line says meanwhile. An
  // error means that Bazel could not be started.
  absl::StatusOr<BazelResult> Run(const std::string& verb,
                                  const std::vector<std::string>& args,
                                  const std::string& doing);

  // What `bazel --version` prints.
  absl::StatusOr<std::string> Version();

  const std::string& log_path() const { return log_path_; }

  // Bazel's complaints in the log: its ERROR lines, else its last lines; at
  // most `count`.
  std::vector<std::string> Complaints(int count) const;

 private:
  const std::string root_;
  const std::string work_dir_;
  const std::string log_path_;
  const bool show_log_;
  const std::string command_;
  std::vector<std::string> flags_;
  Screen& screen_;
};

}  // namespace course

#endif  // TOOLS_COURSE_BAZEL_H_
