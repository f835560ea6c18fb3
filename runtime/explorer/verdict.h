// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Verdict: what a check says of the code under test, and Result: why.
//
// A Result is plain data, made once at the end of a search. Reports
// (report_text.h, report_json.h) are made from it and from nothing else.

#ifndef RUNTIME_EXPLORER_VERDICT_H_
#define RUNTIME_EXPLORER_VERDICT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rt::explorer {

enum class Verdict : uint8_t {
  kPassed,
  kBuild,     // Does not compile. Never the explorer's own verdict.
  kWrong,     // An expectation fails.
  kRace,      // Two accesses to one place, one a write, nothing orders them.
  kDeadlock,  // The main goroutine can never go on, or a cycle of locks.
  kLeak,      // The body returned; a goroutine waits for ever.
  kLivelock,  // Goroutines take turns for ever and none gets anywhere.
  kPanic,     // An unrecovered panic, exception or fatal error.
  kMemory,    // A memory access that no C++ program may do.
  kSerial,    // Never does two things at once, where the task asks for it.
  kSlow,      // Takes more virtual time than the task allows.
  kHang,      // An endless loop that never meets another goroutine.
  kEdited,    // Not the explorer's own verdict.
  kGrader,    // The fault of the grader, not of the code under test.
};

// "RACE"; and back, from any case.
const char* VerdictText(Verdict verdict);
std::optional<Verdict> VerdictFromText(std::string_view text);

// A place in the source that the verdict speaks of.
struct Location {
  std::string
      role;  // "write", "read", "free", "waits", "created", "panics", ...
  std::string file;  // As Symbolize gives it; empty if unknown.
  int line = 0;
  std::string text;  // The source line, trimmed; empty if it cannot be read.
  uint64_t goroutine = 0;
  std::string name;               // Of the goroutine: "main", or empty.
  std::vector<std::string> held;  // The locks it held.
};

struct GoroutineInfo {
  uint64_t id = 0;
  std::string name;
};

// One row of the interleaving.
struct Step {
  uint64_t goroutine = 0;
  std::string text;
  std::string file;
  int line = 0;
  std::string note;  // A sentence on the step; mostly empty.
};

struct Result {
  Verdict verdict = Verdict::kPassed;
  std::string summary;  // One sentence.
  uint64_t executions = 0;
  bool complete = false;  // `executions` are all there are.
  // If not: the most preemptions of which all interleavings are among them.
  std::optional<uint64_t> complete_preemptions;
  uint64_t found_in = 0;     // The failing one, counted from 1; 0 if none.
  bool shortened = false;    // The one told here is shorter (minimize.h).
  uint64_t preemptions = 0;  // Of the one told here.
  std::vector<Location> locations;
  std::vector<GoroutineInfo> goroutines;
  std::vector<Step> steps;
  std::string order_hint;   // What would have ordered it; may be empty.
  std::string replay;       // The schedule (schedule.h); empty if passed.
  std::string expectation;  // GoogleTest's words, or the panic's.

  bool passed() const { return verdict == Verdict::kPassed; }
};

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_VERDICT_H_
