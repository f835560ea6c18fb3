// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The place in the source that a stack stands for, and the text of the line.
//
// Threads: one. Blocks: reads files. Failure: what is unknown stays empty; the
// sources may lie elsewhere than where the program was built, or nowhere.

#ifndef RUNTIME_EXPLORER_SOURCE_H_
#define RUNTIME_EXPLORER_SOURCE_H_

#include <string>
#include <string_view>
#include <vector>

namespace rt::explorer {

// Whether a path, as the compiler was given it, is one of the code under test:
// in the workspace, outside the runtime.
bool IsUserFile(const std::string& file);

struct SourceLine {
  std::string file;  // Relative to the workspace; empty if unknown.
  int line = 0;
  std::string text;  // Trimmed.
};

// The innermost call of the code under test among these return addresses.
// Empty if there is none.
SourceLine UserLine(const std::vector<void*>& stack);

// A line of a file in the workspace as it is there; empty if unknown.
std::string SourceText(const std::string& file, int line);
// The same, trimmed.
std::string LineText(const std::string& file, int line);

// What a line that locks something calls it: "mu_" for `mu_.Lock();` and for
// `std::scoped_lock lock(mu_);`. Empty if it cannot be told.
std::string LockName(std::string_view line_text);

// The one variable that both lines mention; empty if there is none or several.
std::string CommonVariable(std::string_view a, std::string_view b);

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_SOURCE_H_
