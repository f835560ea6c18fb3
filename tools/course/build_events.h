// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What Bazel says about a build: the file that --build_event_json_file writes.
//
// Only the events this program needs are kept. The format is described by
// Bazel's build_event_stream.proto; fields that are absent have their default.

#ifndef TOOLS_COURSE_BUILD_EVENTS_H_
#define TOOLS_COURSE_BUILD_EVENTS_H_

#include <map>
#include <string>
#include <vector>

namespace course {

struct FailedAction {
  std::string output;  // the file it was to make
  std::string label;
  std::string type;  // "CppCompile", "CppLink", ...
  std::string stderr_path;
};

struct TestRun {
  std::string status;  // "PASSED", "FAILED", "TIMEOUT", ...
  double seconds = 0;
  std::string log_path;
  std::string xml_path;
};

struct TargetEvents {
  bool completed = false;                // its outputs were made
  bool failed = false;                   // they were not, or it was given up
  std::string why;                       // if Bazel says
  std::vector<std::string> files;        // its outputs
  std::vector<std::string> root_causes;  // outputs of the actions that failed
  std::string test_status;               // of all runs together
  std::vector<TestRun> runs;
};

struct BuildEvents {
  bool finished = false;  // the last event is there
  int exit_code = 0;
  std::map<std::string, TargetEvents> targets;  // by label
  std::map<std::string, FailedAction> actions;  // that failed, by output
  std::vector<std::string> load_errors;         // patterns that mean nothing
};

// A line that cannot be read ends the file: a build that was killed may leave
// half a line.
BuildEvents ReadBuildEvents(const std::string& path);

// "file:///a%20b" -> "/a b"; empty for what is not a file.
std::string PathOfUri(const std::string& uri);

// A test log's path as one can read it: through the link bazel-testlogs in the
// checkout if that leads to the same file, else as it is.
std::string ReadablePath(const std::string& root, const std::string& path);

}  // namespace course

#endif  // TOOLS_COURSE_BUILD_EVENTS_H_
