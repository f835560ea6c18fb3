// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// TypeWalk: from a variable to the object of that address in it, or behind it,
// by the types in the debug information. (variables.h says what is followed.)
//
// Threads: one.

#ifndef RUNTIME_EXPLORER_TYPE_WALK_H_
#define RUNTIME_EXPLORER_TYPE_WALK_H_

#include <elfutils/libdw.h>

#include <cstdint>
#include <string>

#include "runtime/explorer/variables.h"

namespace rt::explorer {

// Where a variable is: in memory; or its first word, which is in a register.
struct Place {
  uintptr_t address = 0;  // 0: it is in none.
  uintptr_t value = 0;
};

class TypeWalk {
 public:
  // `aliases`: as NameByLocal's.
  TypeWalk(uintptr_t object, MayRead may_read, bool aliases = true)
      : object_(object), may_read_(may_read), aliases_(aliases) {}

  // The name of the object if it lies in that one, of type `type` and called
  // `name`; empty if it does not. A `name` may be empty: of a lambda, or
  // *this.
  std::string Inside(Dwarf_Die type, uintptr_t at, const std::string& name);

  // The same if that one leads to it.
  std::string Behind(Dwarf_Die type, Place at, const std::string& name,
                     int depth = 0);

 private:
  enum class Link : uint8_t { kReference, kPointer, kOwner };

  std::string BehindPointer(Dwarf_Die type, uintptr_t pointer,
                            const std::string& name, Link link, int depth);
  std::string BehindVector(Dwarf_Die element, uintptr_t at,
                           const std::string& name, int depth);
  std::string BehindMembers(Dwarf_Die type, Place at, const std::string& name,
                            int depth);
  uintptr_t WordAt(uintptr_t address) const;
  uintptr_t FirstWord(Place at) const {
    return at.address != 0 ? WordAt(at.address) : at.value;
  }

  const uintptr_t object_;
  const MayRead may_read_;
  const bool aliases_;
};

// What the source calls a variable that the compiler calls so: a captured one
// has a prefix. Empty for a lambda itself.
std::string VariableName(const std::string& name);

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_TYPE_WALK_H_
