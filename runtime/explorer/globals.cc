// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/explorer/globals.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>

#include "runtime/explorer/debug_info.h"

namespace rt::explorer {
namespace {

struct Found {
  std::vector<MemoryRange> ranges;
  std::string thread_local_name;
};

// Whether a variable exists once for each thread.
bool IsThreadLocal(Dwarf_Die* variable) {
  Dwarf_Attribute location;
  Dwarf_Op* ops;
  size_t count;
  if (dwarf_attr_integrate(variable, DW_AT_location, &location) == nullptr ||
      dwarf_getlocation(&location, &ops, &count) != 0 || count != 2) {
    return false;
  }
  return ops[1].atom == DW_OP_GNU_push_tls_address ||
         ops[1].atom == DW_OP_form_tls_address;
}

bool SizeOf(Dwarf_Die* variable, Dwarf_Word* size) {
  Dwarf_Die type;
  return TypeOf(variable, &type) && dwarf_aggregate_size(&type, size) == 0;
}

// Variables may be declared in namespaces, classes, functions and blocks.
void Collect(Dwarf_Die* parent, Dwarf_Addr bias, Found* found) {
  Dwarf_Die child;
  if (dwarf_child(parent, &child) != 0) return;
  do {
    Dwarf_Addr address;
    Dwarf_Word size;
    if (dwarf_tag(&child) != DW_TAG_variable) {
      Collect(&child, bias, found);
    } else if (FixedAddress(&child, &address) && SizeOf(&child, &size) &&
               size > 0) {
      found->ranges.push_back({address + bias, address + bias + size});
    } else if (IsThreadLocal(&child)) {
      const char* name = dwarf_diename(&child);
      found->thread_local_name = name == nullptr ? "?" : name;
    }
  } while (dwarf_siblingof(&child, &child) == 0);
}

bool Contains(const std::vector<MemoryRange>& ranges, uintptr_t address) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [address](const MemoryRange& r) {
                       return r.begin <= address && address < r.end;
                     });
}

// The words that say whether a function static is initialised; they have names
// (Itanium C++ ABI, 5.1.5.2) but no debug information.
void CollectGuards(Dwfl_Module* program, std::vector<MemoryRange>* ranges) {
  const std::string kStatic = "_ZZ";
  const std::string kGuard = "_ZGVZ";
  std::map<std::string, uintptr_t> guards;  // By the name of the static.
  std::map<std::string, uintptr_t> statics;
  int count = dwfl_module_getsymtab(program);
  for (int i = 0; i < count; ++i) {
    GElf_Sym symbol;
    GElf_Addr address;
    const char* text = dwfl_module_getsym_info(program, i, &symbol, &address,
                                               nullptr, nullptr, nullptr);
    if (text == nullptr) continue;
    std::string name = text;
    if (name.rfind(kGuard, 0) == 0) {
      guards[kStatic + name.substr(kGuard.size())] = address;
    } else if (name.rfind(kStatic, 0) == 0) {
      statics[name] = address;
    }
  }
  for (const auto& [name, guard] : guards) {
    auto it = statics.find(name);
    if (it == statics.end() || !Contains(*ranges, it->second)) continue;
    ranges->push_back({guard, guard + sizeof(uint64_t)});
  }
}

Found Find() {
  Found found;
  const DebugInfo& info = DebugInfo::Get();
  info.ForEachUserUnit([&](Dwarf_Die unit) {
    Collect(&unit, info.bias, &found);
    return false;
  });
  if (!found.ranges.empty()) CollectGuards(info.program, &found.ranges);
  return found;
}

const Found& Variables() {
  static const auto& found = *new Found(Find());
  return found;
}

}  // namespace

const std::vector<MemoryRange>& GlobalRanges() { return Variables().ranges; }

bool IsGlobal(const void* address) {
  return Contains(GlobalRanges(), reinterpret_cast<uintptr_t>(address));
}

const std::string& ThreadLocalName() { return Variables().thread_local_name; }

Globals::Globals() {
  for (const MemoryRange& range : GlobalRanges()) {
    saved_.insert(saved_.end(), reinterpret_cast<const char*>(range.begin),
                  reinterpret_cast<const char*>(range.end));
  }
}

void Globals::Restore() const {
  const char* saved = saved_.data();
  for (const MemoryRange& range : GlobalRanges()) {
    auto* begin = reinterpret_cast<char*>(range.begin);
    size_t size = range.end - range.begin;
    // What is the same may be constant, in memory that cannot be written.
    if (memcmp(begin, saved, size) != 0) memcpy(begin, saved, size);
    saved += size;
  }
}

}  // namespace rt::explorer
