// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What the code under test calls an object, by its debug information: "mu",
// "account.mu", "forks[1]", "server->requests".
//
// Looked through are the variables of functions in the workspace, outside the
// runtime, that lie in memory or in a register which survives calls, and the
// globals there. An object has the name of the variable that it is, or is part
// of; or of one that leads to it: a pointer, a reference, the handle of a
// channel, std::unique_ptr, std::shared_ptr, std::vector, what a lambda has
// captured.
//
// Threads: one. Blocks: reads debug information, milliseconds. Failure: what is
// not found has no name; a program without debug information has none at all.

#ifndef RUNTIME_EXPLORER_VARIABLES_H_
#define RUNTIME_EXPLORER_VARIABLES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"

namespace rt::explorer {

// A call that has not returned.
struct CallFrame {
  static constexpr size_t kRegisters = 32;  // By their numbers in DWARF.

  uintptr_t pc = 0;
  uintptr_t sp = 0;   // As it is there.
  uintptr_t cfa = 0;  // As it was before the call; 0 if unknown.
  uintptr_t registers[kRegisters] = {};  // 0 if unknown.
};

// The caller's, the innermost first.
std::vector<CallFrame> CallFrames();

// Whether those bytes may be read.
using MayRead = absl::FunctionRef<bool(uintptr_t address, size_t size)>;

// The name of the object at `object`, as a local variable of those calls, or a
// part of one. Empty if it is none.
std::string LocalName(uintptr_t object, const std::vector<CallFrame>& calls,
                      MayRead may_read);
// The same for objects that one of them leads to. Without `aliases`, another
// name for the whole object does not count: a reference or pointer to it, or
// that it is a member of *this.
std::string NameByLocal(uintptr_t object, const std::vector<CallFrame>& calls,
                        bool aliases, MayRead may_read);
// For globals and function statics: both, the first first.
std::string GlobalName(uintptr_t object, MayRead may_read);

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_VARIABLES_H_
