// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The debug information of this program, and what is common to whoever reads
// it.
//
// Threads: one.

#ifndef RUNTIME_EXPLORER_DEBUG_INFO_H_
#define RUNTIME_EXPLORER_DEBUG_INFO_H_

#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"

namespace rt::explorer {

struct DebugInfo {
  // Opened at the first use.
  static const DebugInfo& Get();

  // The unit with the code at `pc`, if it is one of the code under test.
  bool UserUnit(uintptr_t pc, Dwarf_Die* unit) const;

  // Visits the units of the code under test, until a visit returns true.
  void ForEachUserUnit(absl::FunctionRef<bool(Dwarf_Die unit)> visit) const;

  // Visits the globals and function statics of the code under test, until one
  // visit returns a text that is not empty; returns that.
  using VisitGlobal = absl::FunctionRef<std::string(
      Dwarf_Die type, uintptr_t address, const std::string& name)>;
  std::string ForEachGlobal(VisitGlobal visit) const;

  Dwfl_Module* program = nullptr;  // Null if there is nothing to be read.
  Dwarf* dwarf = nullptr;          // Null if there is no debug information.
  Dwarf_Addr bias = 0;             // Less of it, an address is one of dwarf's.
};

// Whether a type or function is declared in a namespace of the runtime, the
// standard library, absl or GoogleTest.
bool IsOfLibrary(Dwarf_Die* die);

// The address of a variable that has a fixed one, as dwarf has it.
bool FixedAddress(Dwarf_Die* variable, Dwarf_Addr* address);

// The type of a variable or member.
bool TypeOf(Dwarf_Die* of, Dwarf_Die* type);

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_DEBUG_INFO_H_
