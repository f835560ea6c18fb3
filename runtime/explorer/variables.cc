// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/explorer/variables.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <unwind.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "runtime/explorer/debug_info.h"
#include "runtime/explorer/source.h"
#include "runtime/explorer/type_walk.h"

namespace rt::explorer {
namespace {

// Those that functions leave as they find them, by their numbers in DWARF.
#if defined(__x86_64__)
constexpr int kPreserved[] = {3, 6, 12, 13, 14, 15};
constexpr unsigned kStackPointer = 7;
#elif defined(__aarch64__)
constexpr int kPreserved[] = {19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29};
constexpr unsigned kStackPointer = 31;
#endif

_Unwind_Reason_Code AddFrame(_Unwind_Context* context, void* arg) {
  constexpr size_t kMaxCalls = 100;
  auto& frames = *static_cast<std::vector<CallFrame>*>(arg);
  // What the unwinder calls CFA is that of the call further in.
  uintptr_t sp = _Unwind_GetCFA(context);
  if (!frames.empty()) frames.back().cfa = sp;
  uintptr_t pc = _Unwind_GetIP(context);
  if (pc == 0 || frames.size() == kMaxCalls) return _URC_END_OF_STACK;
  CallFrame frame;
  frame.pc = pc;
  frame.sp = sp;
  for (int r : kPreserved) frame.registers[r] = _Unwind_GetGR(context, r);
  frames.push_back(frame);
  return _URC_NO_REASON;
}

// The scopes around a place in the code, the outermost first: those of the
// innermost function that has code of its own, and of the calls inlined in it.
class Scopes {
 public:
  // Slow the first time for each place; quick later. None outside of the code
  // under test.
  static const Scopes& At(uintptr_t pc) {
    static auto& known = *new std::unordered_map<uintptr_t, Scopes>;
    auto [it, fresh] = known.try_emplace(pc);
    if (fresh) it->second.Find(pc);
    return it->second;
  }

  const std::vector<Dwarf_Die>& all() const { return all_; }
  const Dwarf_Die& function() const { return function_; }

 private:
  void Find(uintptr_t pc) {
    const DebugInfo& info = DebugInfo::Get();
    Dwarf_Die unit;
    if (info.UserUnit(pc, &unit)) Descend(unit, pc - info.bias);
  }

  void Descend(Dwarf_Die parent, Dwarf_Addr pc) {
    Dwarf_Die child;
    if (dwarf_child(&parent, &child) != 0) return;
    do {
      int tag = dwarf_tag(&child);
      bool is_code = tag == DW_TAG_subprogram ||
                     tag == DW_TAG_inlined_subroutine ||
                     tag == DW_TAG_lexical_block;
      if (is_code && dwarf_haspc(&child, pc) == 1) {
        if (tag == DW_TAG_subprogram) function_ = child;
        all_.push_back(child);
        return Descend(child, pc);
      }
      // Functions stand in namespaces, classes and other functions.
      if (tag == DW_TAG_namespace || tag == DW_TAG_class_type ||
          tag == DW_TAG_structure_type || tag == DW_TAG_subprogram ||
          tag == DW_TAG_lexical_block) {
        size_t before = all_.size();
        Descend(child, pc);
        if (all_.size() > before) return;
      }
    } while (dwarf_siblingof(&child, &child) == 0);
  }

  std::vector<Dwarf_Die> all_;
  Dwarf_Die function_ = {};
};

// A function's call, and the calls inlined in it.
class Call {
 public:
  explicit Call(const CallFrame& frame)
      : frame_(frame),
        pc_(frame.pc - 1 - DebugInfo::Get().bias),
        scopes_(Scopes::At(frame.pc - 1).all()),
        function_(Scopes::At(frame.pc - 1).function()) {}

  // Visits the variables, those of the inner blocks first: visit(type, value,
  // name). Ends when it returns a text that is not empty, and returns that.
  template <typename Visit>
  std::string ForEachVariable(const Visit& visit) {
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
      if (IsInLibrary(scope)) continue;
      Dwarf_Die child;
      if (dwarf_child(&*scope, &child) != 0) continue;
      do {
        int tag = dwarf_tag(&child);
        if (tag != DW_TAG_variable && tag != DW_TAG_formal_parameter) continue;
        const char* name = dwarf_diename(&child);
        Dwarf_Die type;
        Place place;
        if (name == nullptr || !TypeOf(&child, &type) || IsCompilersOwn(name) ||
            !Locate(&child, &place)) {
          continue;
        }
        std::string found = visit(type, place, VariableName(name));
        if (!found.empty()) return found;
      } while (dwarf_siblingof(&child, &child) == 0);
    }
    return "";
  }

 private:
  using Scope = std::vector<Dwarf_Die>::reverse_iterator;

  // Whether the innermost function around a scope is a library's.
  bool IsInLibrary(Scope scope) {
    while (scope != scopes_.rend() &&
           dwarf_tag(&*scope) == DW_TAG_lexical_block) {
      ++scope;
    }
    return scope == scopes_.rend() || IsOfLibrary(&*scope);
  }

  // As the range of a loop.
  static bool IsCompilersOwn(std::string_view name) {
    return name.starts_with("__") && name != "__closure";
  }

  bool FrameBase(uintptr_t* base) {
    Dwarf_Attribute attribute;
    Dwarf_Op* ops;
    size_t count;
    if (dwarf_attr(&function_, DW_AT_frame_base, &attribute) == nullptr ||
        dwarf_getlocation_addr(&attribute, pc_, &ops, &count, 1) != 1 ||
        count != 1) {
      return false;
    }
    if (ops[0].atom == DW_OP_call_frame_cfa) {
      *base = frame_.cfa;
    } else if (ops[0].atom >= DW_OP_reg0 && ops[0].atom <= DW_OP_reg31) {
      *base = Register(ops[0].atom - DW_OP_reg0);
    } else {
      return false;
    }
    return *base != 0;
  }

  // The place of the whole, or of its first word.
  static bool IsOfFirstWord(const Dwarf_Op* ops, size_t count) {
    return count == 1 || (count > 1 && ops[1].atom == DW_OP_piece &&
                          ops[1].number == sizeof(uintptr_t));
  }

  uintptr_t Register(unsigned number) const {
    return number == kStackPointer ? frame_.sp : frame_.registers[number];
  }

  bool Locate(Dwarf_Die* variable, Place* place) {
    Dwarf_Attribute attribute;
    Dwarf_Op* ops;
    size_t count;
    if (dwarf_attr(variable, DW_AT_location, &attribute) == nullptr ||
        dwarf_getlocation_addr(&attribute, pc_, &ops, &count, 1) != 1 ||
        !IsOfFirstWord(ops, count)) {
      return false;
    }
    unsigned atom = ops[0].atom;
    if (atom == DW_OP_fbreg) {
      uintptr_t base;
      if (!FrameBase(&base)) return false;
      place->address = base + ops[0].number;
    } else if (atom >= DW_OP_breg0 && atom <= DW_OP_breg31) {
      uintptr_t base = Register(atom - DW_OP_breg0);
      if (base == 0) return false;
      place->address = base + ops[0].number;
    } else if (atom >= DW_OP_reg0 && atom <= DW_OP_reg31) {
      place->value = Register(atom - DW_OP_reg0);
      return place->value != 0;
    } else {
      return false;
    }
    return true;
  }

  const CallFrame& frame_;
  const Dwarf_Addr pc_;
  std::vector<Dwarf_Die> scopes_;  // libdw writes into what it is given.
  Dwarf_Die function_;
};

}  // namespace

[[gnu::noinline]] std::vector<CallFrame> CallFrames() {
  std::vector<CallFrame> frames;
  _Unwind_Backtrace(&AddFrame, &frames);
  return frames;
}

std::string LocalName(uintptr_t object, const std::vector<CallFrame>& calls,
                      MayRead may_read) {
  TypeWalk walk(object, may_read);
  for (const CallFrame& frame : calls) {
    if (frame.cfa == 0 || object < frame.sp || object >= frame.cfa) continue;
    return Call(frame).ForEachVariable([&](Dwarf_Die type, Place place,
                                           const std::string& name) {
      return place.address == 0 ? "" : walk.Inside(type, place.address, name);
    });
  }
  return "";
}

std::string NameByLocal(uintptr_t object, const std::vector<CallFrame>& calls,
                        bool aliases, MayRead may_read) {
  TypeWalk walk(object, may_read, aliases);
  for (const CallFrame& frame : calls) {
    std::string name = Call(frame).ForEachVariable(
        [&](Dwarf_Die type, Place place, const std::string& of) {
          return walk.Behind(type, place, of);
        });
    if (!name.empty()) return name;
  }
  return "";
}

std::string GlobalName(uintptr_t object, MayRead may_read) {
  TypeWalk walk(object, may_read);
  std::string name = DebugInfo::Get().ForEachGlobal(
      [&](Dwarf_Die type, uintptr_t address, const std::string& of) {
        return walk.Inside(type, address, of);
      });
  if (!name.empty()) return name;
  return DebugInfo::Get().ForEachGlobal(
      [&](Dwarf_Die type, uintptr_t address, const std::string& of) {
        return walk.Behind(type, {address, 0}, of);
      });
}

}  // namespace rt::explorer
