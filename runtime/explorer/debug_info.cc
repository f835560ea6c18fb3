// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/explorer/debug_info.h"

#include <dwarf.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/explorer/source.h"

namespace rt::explorer {
namespace {

bool IsUserUnit(Dwarf_Die* unit) {
  const char* name = dwarf_diename(unit);
  return name != nullptr && IsUserFile(name);
}

struct Global {
  Dwarf_Die type;
  uintptr_t address;
  std::string name;
};

// Variables may be declared in namespaces, classes, functions and blocks.
void Collect(Dwarf_Die* parent, Dwarf_Addr bias, std::vector<Global>* globals) {
  Dwarf_Die child;
  if (dwarf_child(parent, &child) != 0) return;
  do {
    Global global;
    Dwarf_Addr address;
    if (dwarf_tag(&child) != DW_TAG_variable) {
      Collect(&child, bias, globals);
    } else if (FixedAddress(&child, &address) && TypeOf(&child, &global.type)) {
      Dwarf_Attribute attribute;
      const char* name = dwarf_formstring(
          dwarf_attr_integrate(&child, DW_AT_name, &attribute));
      if (name == nullptr) continue;
      global.address = address + bias;
      global.name = name;
      globals->push_back(std::move(global));
    }
  } while (dwarf_siblingof(&child, &child) == 0);
}

DebugInfo Open() {
  static const Dwfl_Callbacks callbacks = {
      dwfl_linux_proc_find_elf, dwfl_standard_find_debuginfo, nullptr, nullptr};
  DebugInfo info;
  Dwfl* dwfl = dwfl_begin(&callbacks);
  if (dwfl == nullptr) return info;
  dwfl_linux_proc_report(dwfl, getpid());
  dwfl_report_end(dwfl, nullptr, nullptr);
  info.program = dwfl_addrmodule(dwfl, reinterpret_cast<Dwarf_Addr>(&Open));
  if (info.program != nullptr) {
    info.dwarf = dwfl_module_getdwarf(info.program, &info.bias);
  }
  return info;
}

}  // namespace

const DebugInfo& DebugInfo::Get() {
  static const auto& info = *new DebugInfo(Open());
  return info;
}

// Clang writes no table of which addresses are which unit's.
bool DebugInfo::UserUnit(uintptr_t pc, Dwarf_Die* unit) const {
  bool found = false;
  ForEachUserUnit([&](Dwarf_Die each) {
    if (dwarf_haspc(&each, pc - bias) != 1) return false;
    *unit = each;
    return found = true;
  });
  return found;
}

void DebugInfo::ForEachUserUnit(
    absl::FunctionRef<bool(Dwarf_Die unit)> visit) const {
  Dwarf_Off offset = 0;
  Dwarf_Off next;
  size_t header;
  while (dwarf != nullptr && dwarf_nextcu(dwarf, offset, &next, &header,
                                          nullptr, nullptr, nullptr) == 0) {
    Dwarf_Die unit;
    if (dwarf_offdie(dwarf, offset + header, &unit) != nullptr &&
        IsUserUnit(&unit) && visit(unit)) {
      return;
    }
    offset = next;
  }
}

std::string DebugInfo::ForEachGlobal(VisitGlobal visit) const {
  static const auto& globals = *new std::vector<Global>([this] {
    std::vector<Global> found;
    ForEachUserUnit([&](Dwarf_Die unit) {
      Collect(&unit, bias, &found);
      return false;
    });
    return found;
  }());
  for (const Global& global : globals) {
    std::string found = visit(global.type, global.address, global.name);
    if (!found.empty()) return found;
  }
  return "";
}

bool IsOfLibrary(Dwarf_Die* die) {
  Dwarf_Attribute attribute;
  Dwarf_Die declared = *die;
  for (unsigned link : {DW_AT_abstract_origin, DW_AT_specification}) {
    Dwarf_Die origin;
    if (dwarf_attr(&declared, link, &attribute) != nullptr &&
        dwarf_formref_die(&attribute, &origin) != nullptr) {
      declared = origin;
    }
  }
  Dwarf_Die* scopes = nullptr;
  int count = dwarf_getscopes_die(&declared, &scopes);
  bool result = false;
  for (int i = 1; i < count; ++i) {
    if (dwarf_tag(&scopes[i]) != DW_TAG_namespace) continue;
    const char* name = dwarf_diename(&scopes[i]);
    for (std::string_view library :
         {"rt", "std", "absl", "testing", "__gnu_cxx"}) {
      result |= name != nullptr && library == name;
    }
  }
  free(scopes);
  return result;
}

bool FixedAddress(Dwarf_Die* variable, Dwarf_Addr* address) {
  Dwarf_Attribute location;
  Dwarf_Op* ops;
  size_t count;
  if (dwarf_attr_integrate(variable, DW_AT_location, &location) == nullptr ||
      dwarf_getlocation(&location, &ops, &count) != 0 || count != 1) {
    return false;
  }
  if (ops[0].atom == DW_OP_addr) {
    *address = ops[0].number;
    return true;
  }
  Dwarf_Attribute indexed;  // DWARF 5: an index into a table of addresses.
  return ops[0].atom == DW_OP_addrx &&
         dwarf_getlocation_attr(&location, ops, &indexed) == 0 &&
         dwarf_formaddr(&indexed, address) == 0;
}

bool TypeOf(Dwarf_Die* of, Dwarf_Die* type) {
  Dwarf_Attribute attribute;
  return dwarf_attr_integrate(of, DW_AT_type, &attribute) != nullptr &&
         dwarf_formref_die(&attribute, type) != nullptr;
}

}  // namespace rt::explorer
