// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/symbolize.h"

#include <cxxabi.h>
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace rt::internal {
namespace {

struct Free {
  void operator()(void* p) const { std::free(p); }
};

std::string Demangle(const char* name) {
  int status = 0;
  std::unique_ptr<char, Free> text(
      abi::__cxa_demangle(name, nullptr, nullptr, &status));
  return status == 0 ? text.get() : name;
}

// Bazel compiles in a sandbox whose path says nothing to a reader; what follows
// its execution root is the path in the workspace.
std::string WorkspacePath(std::string_view path) {
  constexpr std::string_view kRoot = "/execroot/";
  if (size_t at = path.rfind(kRoot); at != std::string_view::npos) {
    size_t workspace = path.find('/', at + kRoot.size());
    if (workspace != std::string_view::npos) path.remove_prefix(workspace + 1);
  }
  constexpr std::string_view kSelf = "/proc/self/cwd/";
  if (path.starts_with(kSelf)) path.remove_prefix(kSelf.size());
  if (path.starts_with("./")) path.remove_prefix(2);
  return std::string(path);
}

Dwfl* LoadThisProcess() {
  static char* debuginfo_path = nullptr;
  static constexpr Dwfl_Callbacks kCallbacks = {
      .find_elf = dwfl_linux_proc_find_elf,
      .find_debuginfo = dwfl_standard_find_debuginfo,
      .section_address = nullptr,
      .debuginfo_path = &debuginfo_path,
  };
  Dwfl* dwfl = dwfl_begin(&kCallbacks);
  if (dwfl == nullptr) return nullptr;
  dwfl_report_begin(dwfl);
  dwfl_linux_proc_report(dwfl, getpid());
  dwfl_report_end(dwfl, nullptr, nullptr);
  return dwfl;
}

// The name of a subprogram or of an inlined call of one.
std::string FunctionName(Dwarf_Die* die) {
  Dwarf_Attribute attribute;
  for (unsigned at : {DW_AT_linkage_name, DW_AT_MIPS_linkage_name}) {
    if (dwarf_attr_integrate(die, at, &attribute) != nullptr) {
      if (const char* name = dwarf_formstring(&attribute)) {
        return Demangle(name);
      }
    }
  }
  const char* name = dwarf_diename(die);
  return name != nullptr ? name : "";
}

// Where the inlined function `die` was called from.
void SetCallSite(Dwarf_Die* cu, Dwarf_Die* die, SourceLocation* location) {
  Dwarf_Attribute attribute;
  Dwarf_Word value = 0;
  Dwarf_Files* files = nullptr;
  size_t count = 0;
  location->file.clear();
  location->line = 0;
  if (dwarf_formudata(dwarf_attr(die, DW_AT_call_file, &attribute), &value) ==
          0 &&
      dwarf_getsrcfiles(cu, &files, &count) == 0 && value < count) {
    if (const char* path = dwarf_filesrc(files, value, nullptr, nullptr)) {
      location->file = WorkspacePath(path);
    }
  }
  if (dwarf_formudata(dwarf_attr(die, DW_AT_call_line, &attribute), &value) ==
      0) {
    location->line = static_cast<int>(value);
  }
}

// Appends the inlined functions that contain `pc`, innermost first, and leaves
// in `location` the file and line where the outermost of them was called; its
// function is not set.
void AppendInlined(Dwarf_Die* cu, Dwarf_Addr pc, SourceLocation* location,
                   std::vector<SourceLocation>* result) {
  Dwarf_Die* found = nullptr;
  int count = dwarf_getscopes(cu, pc, &found);
  std::unique_ptr<Dwarf_Die, Free> scopes(found);
  if (count <= 0) return;
  // The scopes after the innermost are those of the abstract function where it
  // was written; those around the code itself are the ones we want.
  Dwarf_Die innermost = found[0];
  count = dwarf_getscopes_die(&innermost, &found);
  scopes.reset(found);
  for (int i = 0; i < count; ++i) {
    if (dwarf_tag(&found[i]) != DW_TAG_inlined_subroutine) continue;
    location->function = FunctionName(&found[i]);
    result->push_back(*location);
    SetCallSite(cu, &found[i], location);
  }
}

// The compilation unit with code at `pc`. Clang writes no address table
// (.debug_aranges), so without one every unit is asked.
Dwarf_Die* FindUnit(Dwfl_Module* module, Dwarf_Addr pc, Dwarf_Addr* bias) {
  if (Dwarf_Die* cu = dwfl_module_addrdie(module, pc, bias)) return cu;
  Dwarf_Die* cu = nullptr;
  while ((cu = dwfl_module_nextcu(module, cu, bias)) != nullptr) {
    if (dwarf_haspc(cu, pc - *bias) == 1) return cu;
  }
  return nullptr;
}

}  // namespace

std::vector<SourceLocation> Symbolize(const void* pc) {
  // Never destroyed: a dump may be written while the process ends.
  static std::mutex& mu = *new std::mutex;
  std::lock_guard lock(mu);
  static Dwfl* const dwfl = LoadThisProcess();
  std::vector<SourceLocation> result;
  if (dwfl == nullptr) return result;
  auto address = reinterpret_cast<Dwarf_Addr>(pc);
  Dwfl_Module* module = dwfl_addrmodule(dwfl, address);
  if (module == nullptr) return result;

  SourceLocation location;
  Dwarf_Addr bias = 0;
  if (Dwarf_Die* cu = FindUnit(module, address, &bias)) {
    if (Dwarf_Line* line = dwarf_getsrc_die(cu, address - bias)) {
      const char* file = dwarf_linesrc(line, nullptr, nullptr);
      if (file != nullptr) location.file = WorkspacePath(file);
      dwarf_lineno(line, &location.line);
    }
    AppendInlined(cu, address - bias, &location, &result);
  }
  // The symbol table knows namespaces and classes that the debug information
  // leaves out for functions without external linkage.
  if (const char* name = dwfl_module_addrname(module, address)) {
    location.function = Demangle(name);
  } else {
    location.function.clear();
  }
  result.push_back(location);
  return result;
}

}  // namespace rt::internal
