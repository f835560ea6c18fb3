// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Globals: the variables of the code under test that outlive an execution.
//
// Every execution must find globals and function statics as the program's start
// left them, or the second one would see what the first one did. Which bytes
// they are is read from the debug information: the variables of the source
// files in the workspace, outside the runtime. A static whose initialisation is
// undone is initialised again (statics.cc).
//
// Not restored: what lies behind a pointer that was already there at the start;
// thread_local variables; and everything, in a program without debug
// information.

#ifndef RUNTIME_EXPLORER_GLOBALS_H_
#define RUNTIME_EXPLORER_GLOBALS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace rt::explorer {

// Whether a global or function static of the code under test lies there. Before
// the first Globals, none does.
bool IsGlobal(const void* address);

// [begin, end), in bytes.
struct MemoryRange {
  uintptr_t begin = 0;
  uintptr_t end = 0;
};

// Where they all lie.
const std::vector<MemoryRange>& GlobalRanges();

// The name of a thread_local variable of the code under test; empty if there is
// none.
const std::string& ThreadLocalName();

class Globals {
 public:
  // Remembers the bytes as they are now. The first use in a program reads its
  // debug information, which takes some milliseconds.
  Globals();

  // Puts them back.
  void Restore() const;

  // How many bytes.
  size_t size() const { return saved_.size(); }

 private:
  std::vector<char> saved_;
};

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_GLOBALS_H_
