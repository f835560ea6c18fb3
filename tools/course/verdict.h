// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What the explorer said about one check of an exercise, and the words for it.
//
// A grader hands over one JSON object per check, as the property "verdict" of
// the check in GoogleTest's XML report (schema 1).

#ifndef TOOLS_COURSE_VERDICT_H_
#define TOOLS_COURSE_VERDICT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"
#include "tools/course/screen.h"

namespace course {

enum class Verdict {
  kPassed,
  kBuild,     // does not compile
  kWrong,     // an expectation fails
  kRace,      // two accesses that nothing orders
  kDeadlock,  // goroutines wait for each other for ever
  kLeak,      // goroutines are left behind
  kLivelock,  // busy for ever, getting nowhere
  kPanic,     // an unrecovered panic
  kMemory,    // use after free, overflow, a crash
  kSerial,    // never does two things at once where it should
  kSlow,      // takes longer than the task allows
  kHang,      // an endless loop that the explorer cannot see
  kEdited,    // a file that is not the student's differs
  kGrader,    // our fault; it costs nothing
};

// "RACE".
std::string Name(Verdict verdict);

// An unknown word means a grader that this program does not know: kGrader.
Verdict VerdictFromName(const std::string& name);

Tone ToneOf(Verdict verdict);

// One sentence on what the verdict means, for a check that gave no summary.
std::string Meaning(Verdict verdict);

struct Location {
  std::string role;  // "write", "read", "created", "blocked", ...
  std::string file;  // relative to the checkout
  int line = 0;
  std::string text;  // of the line
  int goroutine = 0;
  std::string name;               // of the goroutine; may be empty
  std::vector<std::string> held;  // locks
};

struct Goroutine {
  int id = 0;
  std::string name;
};

struct Step {
  int goroutine = 0;
  std::string text;
};

struct Check {
  std::string name;  // "Suite.Test"
  Verdict verdict = Verdict::kGrader;
  std::string summary;
  int64_t executions = 0;
  int64_t found_in = 0;   // which of them failed; 0: none
  bool complete = false;  // there are no others
  // If there are: all with at most so many preemptions are among them.
  std::optional<int64_t> complete_preemptions;
  std::vector<Location> locations;
  std::vector<Goroutine> goroutines;
  std::vector<Step> steps;
  std::string order_hint;
  std::string replay;
  std::string expectation;  // the text of what failed
  nlohmann::json raw;       // as the grader gave it
};

absl::StatusOr<Check> CheckFromJson(const std::string& text);

}  // namespace course

#endif  // TOOLS_COURSE_VERDICT_H_
