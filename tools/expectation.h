// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What a demo promises to print, and whether it did.
//
// The promise is the comment at the end of the demo's source, in the manner of
// Go's examples. It starts with one of the lines below; what follows the colon
// on the line, and the comment lines up to the next such line, belong to it.
//
//   // Output:             standard output, exactly
//   // Unordered output:   the same lines in any order
//   // Output contains:    these lines among others, in any order
//   // Stderr contains:    these lines among others on standard error
//   // Exit status:        a number; 0 if it is not given
//   // Compile error:      the file does not compile, with this in the message
//   // Explorer finds:     what the explorer says of the program: data race,
//                          deadlock, goroutine leak, livelock, panic, failed
//                          expectation, nothing
//
// White space at the end of lines and empty lines around the text do not count.
// A line "among others" is found when it is part of a line.
//
// Threads: plain functions and values; no shared state.

#ifndef TOOLS_EXPECTATION_H_
#define TOOLS_EXPECTATION_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tools {

enum class OutputMatch { kAny, kExact, kUnordered, kContains };

struct Expectation {
  OutputMatch output_match = OutputMatch::kAny;
  std::vector<std::string> output;
  std::vector<std::string> stderr_contains;
  std::vector<std::string> compile_error;
  std::optional<std::string> explorer_finds;
  int exit_status = 0;

  bool MustNotCompile() const { return !compile_error.empty(); }
};

// What a run did. A program ended by signal N has exit status 128 + N.
struct RunResult {
  std::string standard_output;
  std::string standard_error;
  int exit_status = 0;
};

// Reads the promise in the text of a source file. InvalidArgument, with the
// number of the line, if there is none or it contradicts itself.
absl::StatusOr<Expectation> ParseExpectation(absl::string_view source);

// One sentence for each way in which the run broke the promise; empty if it
// kept it. explorer_finds is not looked at. For a program that must not
// compile, the run is that of the compiler.
std::vector<std::string> Mismatches(const Expectation& expectation,
                                    const RunResult& run);

// Whether the explorer's report (a line of it starts with a verdict, such as
// RACE) says what `finds` promises.
bool ReportSays(absl::string_view report, absl::string_view finds);

// What a demo that keeps its promise shows, in a few words, for "as expected:
// deadlock".
std::string Summary(const Expectation& expectation);

}  // namespace tools

#endif  // TOOLS_EXPECTATION_H_
