// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// From an address in the program's code to its place in the source.
//
// Threads: any, at any time; one thread is served after the other.
// Blocks:  the kernel thread, for milliseconds at the first call (it reads the
//          debug information of the program and its shared libraries) and
//          microseconds later. Not for signal handlers.
// Failure: none. What is unknown stays empty: a program without debug
//          information still has its function names.

#ifndef RUNTIME_INTERNAL_SYMBOLIZE_H_
#define RUNTIME_INTERNAL_SYMBOLIZE_H_

#include <string>
#include <vector>

namespace rt::internal {

struct SourceLocation {
  std::string function;  // Demangled, with parameters; empty if unknown.
  std::string file;      // Relative to the workspace for its own files, else
                         // absolute; empty if unknown.
  int line = 0;          // From 1; 0 if unknown.
};

// The place of the instruction at `pc` (for a return address pass the address
// of the call: one less). Functions that the compiler inlined there have an
// element each, the innermost first; the last one is the function that has code
// of its own. Empty if `pc` lies in no loaded file.
std::vector<SourceLocation> Symbolize(const void* pc);

// The name of the global or static variable at `address`, "accounts+16" if it
// lies inside of it; empty if there is none. Threads, blocking: as Symbolize.
std::string VariableAt(const void* address);

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_SYMBOLIZE_H_
