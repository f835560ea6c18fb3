// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What the student has done so far: .course/state.json.
//
// The file is never written in place and never deleted: a save goes to a new
// file that replaces the old one, a damaged file is moved aside, and a file
// of a newer version is left alone. Saves of two programs at once are ordered
// by a lock on .course/lock.

#ifndef TOOLS_COURSE_STATE_H_
#define TOOLS_COURSE_STATE_H_

#include <functional>
#include <map>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace course {

// In the order of "best": a merge keeps the greater one.
enum class Progress { kNew, kSkipped, kFailed, kPassed };

struct ExerciseState {
  Progress progress = Progress::kNew;
  int attempts = 0;
  int hints = 0;        // how many of its hints have been shown
  int best_passed = 0;  // checks, in the best attempt
  int best_total = 0;
  std::string verdict;      // of the last attempt; empty before the first
  std::string passed_hash;  // of the file that passed
  std::string first_hash;   // of the file when it was first seen
};

struct State {
  bool welcomed = false;
  std::string current;  // the exercise the student is at; empty: the first
  std::map<std::string, ExerciseState> exercises;  // by Exercise::Name()
  std::set<std::string> demos;                     // that have been run
};

// The best of both, exercise by exercise; `a` decides what has no better.
State Merge(State a, const State& b);

std::string ToJson(const State& state);

// InvalidArgument: the text is damaged. FailedPrecondition: it is of a newer
// version of this program.
absl::StatusOr<State> StateFromJson(const std::string& text);

// The state file of one checkout.
class StateFile {
 public:
  explicit StateFile(const std::string& root) : dir_(root + "/.course") {}

  // The state; an empty one if there is no file yet. A damaged file is moved
  // aside first, and notice() says so.
  absl::StatusOr<State> Load();

  // Loads, lets `change` work on the state, and saves it, all under the lock.
  // On failure the old file is as it was.
  absl::Status Update(const std::function<void(State&)>& change);

  // Makes .course if it is missing.
  absl::Status MakeDir();

  const std::string& dir() const { return dir_; }
  std::string path() const { return dir_ + "/state.json"; }

  // One sentence about a file that was moved aside; empty if none was.
  const std::string& notice() const { return notice_; }

 private:
  absl::Status Save(const State& state);

  const std::string dir_;
  std::string notice_;
};

}  // namespace course

#endif  // TOOLS_COURSE_STATE_H_
