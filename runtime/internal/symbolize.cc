// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/symbolize.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <gelf.h>
#include <link.h>
#include <sched.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "runtime/internal/demangle.h"

namespace rt::internal {
namespace {

struct Free {
  void operator()(void* p) const { std::free(p); }
};

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

// The name of the function in whose body the function that `die` inlines was
// written, as a lambda's is; empty if there is none.
std::string EnclosingFunction(Dwarf_Die* die) {
  Dwarf_Attribute attribute;
  Dwarf_Die origin;
  if (dwarf_attr(die, DW_AT_abstract_origin, &attribute) == nullptr ||
      dwarf_formref_die(&attribute, &origin) == nullptr) {
    return "";
  }
  // The definition in the class is the one that knows where it stands.
  Dwarf_Die declared;
  if (dwarf_attr(&origin, DW_AT_specification, &attribute) != nullptr &&
      dwarf_formref_die(&attribute, &declared) != nullptr) {
    origin = declared;
  }
  Dwarf_Die* found = nullptr;
  int count = dwarf_getscopes_die(&origin, &found);
  std::unique_ptr<Dwarf_Die, Free> scopes(found);
  for (int i = 1; i < count; ++i) {
    if (dwarf_tag(&found[i]) != DW_TAG_subprogram) continue;
    const char* name = dwarf_diename(&found[i]);
    if (name != nullptr && std::string_view(name) != "operator()") return name;
  }
  return "";
}

// The name of the subprogram `die` describes, or of which it is an inlined
// call.
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
  if (name == nullptr) return "";
  // A function object's call says little; name the function it was written in.
  if (std::string_view(name) == "operator()") {
    if (std::string outer = EnclosingFunction(die); !outer.empty()) {
      return outer + "::lambda()";
    }
  }
  return name;
}

// The path that `attribute` has the number of; empty if it is null. (libdw's
// own dwarf_decl_file knows no file 0, which is Clang's name for the source
// itself.)
std::string_view FileOf(Dwarf_Die* cu, Dwarf_Attribute* attribute) {
  Dwarf_Word number = 0;
  Dwarf_Files* files = nullptr;
  size_t count = 0;
  if (dwarf_formudata(attribute, &number) != 0 ||
      dwarf_getsrcfiles(cu, &files, &count) != 0 || number >= count) {
    return "";
  }
  const char* path = dwarf_filesrc(files, number, nullptr, nullptr);
  return path != nullptr ? path : "";
}

// Where the inlined function `die` was called from.
void SetCallSite(Dwarf_Die* cu, Dwarf_Die* die, SourceLocation* location) {
  Dwarf_Attribute attribute;
  Dwarf_Word value = 0;
  location->file =
      WorkspacePath(FileOf(cu, dwarf_attr(die, DW_AT_call_file, &attribute)));
  location->line = 0;
  if (dwarf_formudata(dwarf_attr(die, DW_AT_call_line, &attribute), &value) ==
      0) {
    location->line = static_cast<int>(value);
  }
}

// Finds the functions below `die` that contain `pc`, outermost first: one that
// has code of its own, and the inlined calls in it. (libdw's own search,
// dwarf_getscopes, misses some of those whose code is in several pieces.)
bool FindFunctions(Dwarf_Die* die, Dwarf_Addr pc,
                   std::vector<Dwarf_Die>* functions) {
  Dwarf_Die child;
  if (dwarf_child(die, &child) != 0) return false;
  do {
    const int tag = dwarf_tag(&child);
    const bool is_code = tag == DW_TAG_subprogram ||
                         tag == DW_TAG_inlined_subroutine ||
                         tag == DW_TAG_lexical_block;
    if (is_code && dwarf_haspc(&child, pc) == 1) {
      if (tag != DW_TAG_lexical_block) functions->push_back(child);
      FindFunctions(&child, pc, functions);
      return true;
    }
    // Functions stand in namespaces, classes and other functions.
    if (tag != DW_TAG_inlined_subroutine &&
        FindFunctions(&child, pc, functions)) {
      return true;
    }
  } while (dwarf_siblingof(&child, &child) == 0);
  return false;
}

// The place that the line table has for code at `pc`; no file if it has none.
SourceLocation PlaceOf(Dwarf_Line* line) {
  SourceLocation place;
  const char* file = dwarf_linesrc(line, nullptr, nullptr);
  if (file != nullptr) place.file = WorkspacePath(file);
  dwarf_lineno(line, &place.line);
  return place;
}

// Where code of the function `die` is that belongs to no line of it: the last
// line before `pc` that is in the same function and file, or else where the
// function begins, which is in `declared`.
SourceLocation NearestPlace(Dwarf_Die* cu, Dwarf_Addr pc, Dwarf_Die* die,
                            SourceLocation declared) {
  Dwarf_Lines* lines = nullptr;
  size_t count = 0;
  if (dwarf_getsrclines(cu, &lines, &count) != 0) return declared;
  SourceLocation nearest = declared;
  for (size_t i = 0; i < count; ++i) {  // In the order of their addresses.
    Dwarf_Line* line = dwarf_onesrcline(lines, i);
    Dwarf_Addr begin = 0;
    if (dwarf_lineaddr(line, &begin) != 0 || begin > pc) break;
    if (dwarf_haspc(die, begin) != 1) continue;
    SourceLocation place = PlaceOf(line);
    if (place.line != 0 && place.file == declared.file) nearest = place;
  }
  return nearest;
}

// The place of the instruction at `pc`. `functions` are those that contain it.
//
// Clang gives loops without a body no line, so that the one before, which may
// be another function's, seems to be theirs. And of some instructions that
// come from an inlined function the line is known, but not the function.
SourceLocation PlaceAt(Dwarf_Die* cu, Dwarf_Addr pc,
                       std::vector<Dwarf_Die>* functions) {
  Dwarf_Line* line = dwarf_getsrc_die(cu, pc);
  SourceLocation place;
  if (line != nullptr) place = PlaceOf(line);
  if (functions->empty()) return place;
  Dwarf_Die* die = &functions->back();
  SourceLocation declared;
  Dwarf_Attribute attribute;
  declared.file = WorkspacePath(
      FileOf(cu, dwarf_attr_integrate(die, DW_AT_decl_file, &attribute)));
  dwarf_decl_line(die, &declared.line);
  Dwarf_Addr begin = 0;
  bool good = line != nullptr && place.line != 0 &&
              (place.file == declared.file || declared.file.empty()) &&
              dwarf_lineaddr(line, &begin) == 0 &&
              dwarf_haspc(&functions->front(), begin) == 1;
  return good ? place : NearestPlace(cu, pc, die, declared);
}

// Appends the inlined functions among `functions`, innermost first, and leaves
// in `location` the file and line where the outermost of them was called; its
// function is not set.
void AppendInlined(Dwarf_Die* cu, std::vector<Dwarf_Die>* functions,
                   SourceLocation* location,
                   std::vector<SourceLocation>* result) {
  for (auto die = functions->rbegin(); die != functions->rend(); ++die) {
    if (dwarf_tag(&*die) != DW_TAG_inlined_subroutine) continue;
    location->function = FunctionName(&*die);
    result->push_back(*location);
    SetCallSite(cu, &*die, location);
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

// Not to be used by two threads at once.
Dwfl* ThisProcess() {
  static Dwfl* const dwfl = LoadThisProcess();
  return dwfl;
}

// One thread at a time. Who waits does not sleep on the mutex: its owner may be
// a goroutine that was preempted and waits for the P of this one, which under
// ThreadSanitizer can be stopped only where it returns from such calls.
class SymbolsLock {
 public:
  SymbolsLock() {
    while (!mu_.try_lock()) sched_yield();
  }
  ~SymbolsLock() { mu_.unlock(); }
  SymbolsLock(const SymbolsLock&) = delete;
  SymbolsLock& operator=(const SymbolsLock&) = delete;

 private:
  static std::mutex mu_;  // Constant from the start, and never destroyed: a
                          // dump may be written while the process ends.
};

constinit std::mutex SymbolsLock::mu_;
static_assert(std::is_trivially_destructible_v<std::mutex>);

// Where the program or library begins that has `at` in one of its segments; 0
// if none has. (libdwfl knows what is mapped from files: not all variables that
// begin as 0.)
GElf_Addr CodeOfObjectAt(GElf_Addr at) {
  struct Search {
    GElf_Addr at;
    GElf_Addr begin;
  } search = {at, 0};
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* arg) {
        auto* search = static_cast<Search*>(arg);
        GElf_Addr begin = 0;
        bool found = false;
        for (int i = 0; i < info->dlpi_phnum; ++i) {
          const ElfW(Phdr)& segment = info->dlpi_phdr[i];
          if (segment.p_type != PT_LOAD) continue;
          GElf_Addr low = info->dlpi_addr + segment.p_vaddr;
          if (begin == 0) begin = low;
          if (search->at >= low && search->at - low < segment.p_memsz) {
            found = true;
          }
        }
        if (found) search->begin = begin;
        return found ? 1 : 0;
      },
      &search);
  return search.begin;
}

std::vector<SourceLocation> LookUp(const void* pc) {
  Dwfl* const dwfl = ThisProcess();
  std::vector<SourceLocation> result;
  if (dwfl == nullptr) return result;
  auto address = reinterpret_cast<Dwarf_Addr>(pc);
  Dwfl_Module* module = dwfl_addrmodule(dwfl, address);
  if (module == nullptr) return result;

  SourceLocation location;
  Dwarf_Addr bias = 0;
  if (Dwarf_Die* cu = FindUnit(module, address, &bias)) {
    std::vector<Dwarf_Die> functions;
    FindFunctions(cu, address - bias, &functions);
    location = PlaceAt(cu, address - bias, &functions);
    AppendInlined(cu, &functions, &location, &result);
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

}  // namespace

std::vector<SourceLocation> Symbolize(const void* pc) {
  // A dump of many goroutines asks for the same few places again and again.
  static auto& known =
      *new std::unordered_map<const void*, std::vector<SourceLocation>>;
  SymbolsLock lock;
  auto [at, is_new] = known.try_emplace(pc);
  if (is_new) at->second = LookUp(pc);
  return at->second;
}

std::string VariableAt(const void* address) {
  SymbolsLock lock;
  auto at = reinterpret_cast<GElf_Addr>(address);
  GElf_Addr code = CodeOfObjectAt(at);
  Dwfl_Module* module = code != 0 && ThisProcess() != nullptr
                            ? dwfl_addrmodule(ThisProcess(), code)
                            : nullptr;
  if (module == nullptr) return "";
  // Not dwfl_module_addrinfo: of several symbols it prefers those that mark the
  // ends of sections.
  int count = dwfl_module_getsymtab(module);
  for (int i = 0; i < count; ++i) {
    GElf_Sym symbol;
    GElf_Addr begin = 0;
    const char* name = dwfl_module_getsym_info(module, i, &symbol, &begin,
                                               nullptr, nullptr, nullptr);
    if (name == nullptr || GELF_ST_TYPE(symbol.st_info) != STT_OBJECT ||
        at < begin || at - begin >= symbol.st_size) {
      continue;
    }
    std::string result = Demangle(name);
    if (at != begin) result += "+" + std::to_string(at - begin);
    return result;
  }
  return "";
}

}  // namespace rt::internal
