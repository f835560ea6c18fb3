// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/explorer/type_walk.h"

#include <dwarf.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "runtime/explorer/debug_info.h"

namespace rt::explorer {
namespace {

constexpr int kDepth = 4;          // Of pointers that are followed.
constexpr size_t kElements = 256;  // Of an array that are looked behind.

// Without typedef and const.
Dwarf_Die Plain(Dwarf_Die type) {
  Dwarf_Die plain;
  return dwarf_peel_type(&type, &plain) == 0 ? plain : type;
}

bool IsClass(Dwarf_Die* type) {
  int tag = dwarf_tag(type);
  return tag == DW_TAG_structure_type || tag == DW_TAG_class_type ||
         tag == DW_TAG_union_type;
}

size_t SizeOf(Dwarf_Die* type) {
  Dwarf_Word size;
  return dwarf_aggregate_size(type, &size) == 0 ? size : 0;
}

std::string_view NameOf(Dwarf_Die* die) {
  const char* name = dwarf_diename(die);
  return name == nullptr ? "" : name;
}

bool IsAnyOf(std::string_view name,
             std::initializer_list<std::string_view> prefixes) {
  return std::any_of(
      prefixes.begin(), prefixes.end(),
      [name](std::string_view prefix) { return name.starts_with(prefix); });
}

// Where a member or base class is in its class.
bool OffsetOf(Dwarf_Die* member, Dwarf_Word* offset) {
  Dwarf_Attribute attribute;
  return dwarf_formudata(
             dwarf_attr(member, DW_AT_data_member_location, &attribute),
             offset) == 0;
}

bool FirstTypeParameter(Dwarf_Die type, Dwarf_Die* parameter) {
  Dwarf_Die child;
  if (dwarf_child(&type, &child) != 0) return false;
  do {
    if (dwarf_tag(&child) == DW_TAG_template_type_parameter) {
      return TypeOf(&child, parameter);
    }
  } while (dwarf_siblingof(&child, &child) == 0);
  return false;
}

// Calls f(type, offset, name) for each member and base class, until it returns
// a text that is not empty; returns that. A base class has no name.
template <typename F>
std::string ForEachPart(Dwarf_Die type, const F& f) {
  Dwarf_Die child;
  if (dwarf_child(&type, &child) != 0) return "";
  bool in_union = dwarf_tag(&type) == DW_TAG_union_type;
  do {
    int tag = dwarf_tag(&child);
    if (tag != DW_TAG_member && tag != DW_TAG_inheritance) continue;
    Dwarf_Die part;
    Dwarf_Word offset = 0;
    if (!TypeOf(&child, &part) || (!OffsetOf(&child, &offset) && !in_union)) {
      continue;
    }
    std::string name =
        tag == DW_TAG_member ? VariableName(std::string(NameOf(&child))) : "";
    std::string found = f(part, offset, name);
    if (!found.empty()) return found;
  } while (dwarf_siblingof(&child, &child) == 0);
  return "";
}

std::string Joined(const std::string& name, const char* by,
                   const std::string& member) {
  if (name.empty()) return member;
  return member.empty() ? name : name + by + member;
}

// The elements of an array, or of a std::array.
struct Elements {
  Dwarf_Die type;
  size_t size = 0;
  size_t count = 0;
};

bool ElementsOf(Dwarf_Die type, Elements* elements) {
  if (IsClass(&type)) {
    if (!NameOf(&type).starts_with("array<") || !IsOfLibrary(&type) ||
        !FirstTypeParameter(type, &elements->type)) {
      return false;
    }
  } else if (dwarf_tag(&type) != DW_TAG_array_type ||
             !TypeOf(&type, &elements->type)) {
    return false;
  }
  elements->type = Plain(elements->type);
  elements->size = SizeOf(&elements->type);
  if (elements->size == 0) return false;
  elements->count = SizeOf(&type) / elements->size;
  return true;
}

std::string Element(const std::string& name, size_t index) {
  return name + "[" + std::to_string(index) + "]";
}

}  // namespace

std::string VariableName(const std::string& name) {
  if (name == "__closure") return "";
  return name.starts_with("__") ? name.substr(2) : name;
}

std::string TypeWalk::Inside(Dwarf_Die type, uintptr_t at,
                             const std::string& name) {
  type = Plain(type);
  if (object_ < at || object_ - at >= SizeOf(&type)) return "";
  Elements elements;
  if (ElementsOf(type, &elements)) {
    size_t index = (object_ - at) / elements.size;
    return Inside(elements.type, at + index * elements.size,
                  Element(name, index));
  }
  if (!IsClass(&type)) return name;
  if (IsOfLibrary(&type) && !IsAnyOf(NameOf(&type), {"pair<"})) return name;
  std::string part = ForEachPart(
      type, [&](Dwarf_Die of, size_t offset, const std::string& member) {
        return Inside(of, at + offset, Joined(name, ".", member));
      });
  return part.empty() ? name : part;
}

uintptr_t TypeWalk::WordAt(uintptr_t address) const {
  uintptr_t word = 0;
  if (may_read_(address, sizeof word)) {
    memcpy(&word, reinterpret_cast<const void*>(address), sizeof word);
  }
  return word;
}

std::string TypeWalk::Behind(Dwarf_Die type, Place at, const std::string& name,
                             int depth) {
  if (depth > kDepth) return "";
  type = Plain(type);
  int tag = dwarf_tag(&type);
  bool is_reference =
      tag == DW_TAG_reference_type || tag == DW_TAG_rvalue_reference_type;
  if (is_reference || tag == DW_TAG_pointer_type) {
    Link link = is_reference ? Link::kReference : Link::kPointer;
    Dwarf_Die pointee;
    if (!TypeOf(&type, &pointee)) return "";
    return BehindPointer(pointee, FirstWord(at), name, link, depth);
  }
  Elements elements;
  if (at.address != 0 && ElementsOf(type, &elements)) {
    for (size_t i = 0; i < std::min(elements.count, kElements); ++i) {
      std::string found =
          Behind(elements.type, {at.address + i * elements.size, 0},
                 Element(name, i), depth);
      if (!found.empty()) return found;
    }
    return "";
  }
  if (!IsClass(&type)) return "";
  if (!IsOfLibrary(&type)) return BehindMembers(type, at, name, depth);
  std::string_view of = NameOf(&type);
  Dwarf_Die pointee;
  if (IsAnyOf(of, {"Chan<", "RecvChan<", "SendChan<"})) {
    return FirstWord(at) == object_ ? name : "";
  }
  if (of == "Context") {
    return FirstWord(at) == object_ ? name + ".Done()" : "";
  }
  if (IsAnyOf(of, {"unique_ptr<", "shared_ptr<"}) &&
      FirstTypeParameter(type, &pointee)) {
    return BehindPointer(pointee, FirstWord(at), name, Link::kOwner, depth);
  }
  if (at.address == 0) return "";
  if (IsAnyOf(of, {"vector<"}) && FirstTypeParameter(type, &pointee)) {
    return BehindVector(pointee, at.address, name, depth);
  }
  if (IsAnyOf(of, {"pair<"})) return BehindMembers(type, at, name, depth);
  return "";
}

std::string TypeWalk::BehindPointer(Dwarf_Die type, uintptr_t pointer,
                                    const std::string& name, Link link,
                                    int depth) {
  type = Plain(type);
  size_t size = SizeOf(&type);
  if (pointer == 0 || size == 0 || !may_read_(pointer, size)) return "";
  std::string found;
  if (name == "this") {
    if (aliases_) found = Inside(type, pointer, "");
    return !found.empty() ? found : Behind(type, {pointer, 0}, "", depth + 1);
  }
  if (link == Link::kReference || name.empty()) {
    found = Inside(type, pointer, name);
    if (!found.empty() && (aliases_ || found != name)) return found;
    return Behind(type, {pointer, 0}, name, depth + 1);
  }
  if (!IsClass(&type) || IsOfLibrary(&type)) {
    if (aliases_ || link == Link::kOwner) {
      found = Inside(type, pointer, "*" + name);
    }
    return !found.empty()
               ? found
               : Behind(type, {pointer, 0}, "(*" + name + ")", depth + 1);
  }
  found = Inside(type, pointer, "");
  if (found.empty()) found = Behind(type, {pointer, 0}, "", depth + 1);
  return found.empty() ? "" : name + "->" + found;
}

std::string TypeWalk::BehindVector(Dwarf_Die element, uintptr_t at,
                                   const std::string& name, int depth) {
  element = Plain(element);
  size_t size = SizeOf(&element);
  uintptr_t begin = WordAt(at);
  uintptr_t end = WordAt(at + sizeof(uintptr_t));
  if (size == 0 || begin == 0 || end < begin ||
      !may_read_(begin, end - begin)) {
    return "";
  }
  if (begin <= object_ && object_ < end) {
    size_t index = (object_ - begin) / size;
    return Inside(element, begin + index * size, Element(name, index));
  }
  for (size_t i = 0; i < std::min((end - begin) / size, kElements); ++i) {
    std::string found =
        Behind(element, {begin + i * size, 0}, Element(name, i), depth + 1);
    if (!found.empty()) return found;
  }
  return "";
}

std::string TypeWalk::BehindMembers(Dwarf_Die type, Place at,
                                    const std::string& name, int depth) {
  return ForEachPart(
      type, [&](Dwarf_Die of, size_t offset, const std::string& member) {
        Place part;
        if (at.address != 0) {
          part.address = at.address + offset;
        } else if (offset == 0) {
          part.value = at.value;
        } else {
          return std::string();
        }
        return Behind(of, part, Joined(name, ".", member), depth + 1);
      });
}

}  // namespace rt::explorer
