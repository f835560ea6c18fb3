// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Return addresses as the lines of a report, in the form that Go prints:
//
//   main::lambda
//   	lessons/01_intro/hello.cc:12
//
// Threads: any. Blocks: as Symbolize does.

#ifndef RUNTIME_INTERNAL_FRAMES_H_
#define RUNTIME_INTERNAL_FRAMES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/internal/backtrace.h"
#include "runtime/internal/symbolize.h"

namespace rt::internal {

// Whose frames a report shows.
enum class FrameFilter : uint8_t {
  kProgram,  // Not those of the runtime and of libraries.
  kAll,
};

// A demangled name for people to read. Those of lambdas are long: GCC's
// main::{lambda(int)#2}::operator()(int) const and Clang's
// main::$_1::operator()(int) const become main::lambda(int). So is that of
// std::string.
std::string ReadableName(std::string name);

// Room for the two ends of a deep stack. Between them stands a null, and after
// it, in the place of an address, how many frames are left out there.
inline constexpr int kMaxShownFrames = kMaxFrames + 2;

// Appends two lines for each function in pcs[0, size), the innermost first. If
// the filter leaves nothing, the names of all functions.
void AppendFrames(void* const* pcs, int size, FrameFilter filter,
                  std::string* out);

// Appends "created by f in goroutine 3" and its place; nothing if unknown.
void AppendCreatedBy(const void* pc, uint64_t parent_id, std::string* out);

struct Frame {
  SourceLocation at;  // With a readable name.
  bool program;       // Else the runtime's or a library's.
};

// All functions around the return address `pc`, the innermost first.
std::vector<Frame> FramesAt(const void* pc);

// The functions of the program around the return address `pc`, the innermost
// first, with readable names. Empty: none is the program's.
std::vector<SourceLocation> ProgramFrames(const void* pc);

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_FRAMES_H_
