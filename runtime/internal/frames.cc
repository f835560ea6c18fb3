// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/frames.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/internal/backtrace.h"
#include "runtime/internal/symbolize.h"

namespace rt::internal {
namespace {

// Whether `folder` is the runtime's own, or `below` it. A program may well have
// folders of these names. The compiler was given this file as it was given the
// others: by its path in the workspace, if it was Bazel that called it.
bool IsOurs(std::string_view folder, std::string_view below) {
  constexpr std::string_view kHere = __FILE__;
  constexpr std::string_view kName = "/internal/frames.cc";
  static_assert(kHere.ends_with(kName));
  constexpr std::string_view kRuntime =
      kHere.substr(0, kHere.size() - kName.size());
  if (!folder.ends_with(below)) return false;
  folder.remove_suffix(below.size());
  if (folder == kRuntime) return true;
  // Some debug information has the compiler's own folder before all paths.
  return folder.starts_with('/') && !kRuntime.starts_with('/') &&
         folder.ends_with("/" + std::string(kRuntime));
}

// A frame that is the machine's, not the program's: the runtime's own, the
// standard library's, abseil's.
bool IsMachinery(const SourceLocation& at) {
  std::string_view file = at.file;
  size_t slash = file.rfind('/');
  if (slash == std::string_view::npos) return file.empty();
  std::string_view folder = file.substr(0, slash);
  for (std::string_view below : {"", "/internal", "/explorer"}) {
    if (IsOurs(folder, below)) return true;
  }
  return file.starts_with("/usr/") || file.starts_with("external/") ||
         file.starts_with("../");  // The compiler's own libraries.
}

// From a return address to the places of its call.
std::vector<SourceLocation> CallAt(const void* pc) {
  return Symbolize(static_cast<const char*>(pc) - 1);
}

void AppendPlace(const SourceLocation& at, std::string* out) {
  *out += "\n\t" + at.file + ":" + std::to_string(at.line) + "\n";
}

}  // namespace

std::string ReadableName(std::string name) {
  if (size_t clone = name.find(" [clone"); clone != std::string::npos) {
    name.resize(clone);
  }
  constexpr std::string_view kString =
      "std::__cxx11::basic_string<char, std::char_traits<char>, "
      "std::allocator<char> >";
  for (size_t at; (at = name.find(kString)) != std::string::npos;) {
    name.replace(at, kString.size(), "std::string");
  }
  constexpr std::string_view kCall = "::operator()";
  auto replace_lambda = [&](size_t at, size_t end) {
    if (name.compare(end, kCall.size(), kCall) == 0) end += kCall.size();
    name.replace(at, end - at, "lambda");
  };
  for (size_t at; (at = name.rfind("{lambda(")) != std::string::npos;) {
    size_t end = name.find('}', at);
    if (end == std::string::npos) break;
    replace_lambda(at, end + 1);
  }
  for (size_t at; (at = name.rfind("$_")) != std::string::npos;) {
    size_t end = name.find_first_not_of("0123456789", at + 2);
    replace_lambda(at, std::min(end, name.size()));
  }
  // What is left of operator()() const, here and of functions around.
  constexpr std::string_view kConst = " const";
  for (size_t at = 0; (at = name.find(kConst, at)) != std::string::npos;) {
    size_t end = at + kConst.size();
    if (end == name.size() || name[end] == ':') {
      name.erase(at, kConst.size());
    } else {
      at = end;
    }
  }
  return name;
}

void AppendFrames(void* const* pcs, int size, FrameFilter filter,
                  std::string* out) {
  bool any = false;
  for (int i = 0; i < size; ++i) {
    if (pcs[i] == nullptr) {
      auto left_out = reinterpret_cast<uintptr_t>(pcs[++i]);
      *out += "..." + std::to_string(left_out) + " frames elided...\n";
      continue;
    }
    for (const SourceLocation& at : CallAt(pcs[i])) {
      if (filter == FrameFilter::kProgram && IsMachinery(at)) continue;
      *out += ReadableName(at.function);
      AppendPlace(at, out);
      any = true;
    }
  }
  if (size == kMaxFrames) *out += "...additional frames elided...\n";
  if (any) return;
  // No debug information, or nothing but machinery: better than nothing.
  for (int i = 0; i < size; ++i) {
    for (const SourceLocation& at : CallAt(pcs[i])) {
      if (!at.function.empty()) *out += ReadableName(at.function) + "\n";
    }
  }
}

void AppendCreatedBy(const void* pc, uint64_t parent_id, std::string* out) {
  if (pc == nullptr) return;
  std::vector<SourceLocation> frames = ProgramFrames(pc);
  if (frames.empty()) return;
  *out += "created by " + frames.front().function;
  if (parent_id != 0) *out += " in goroutine " + std::to_string(parent_id);
  AppendPlace(frames.front(), out);
}

std::vector<Frame> FramesAt(const void* pc) {
  std::vector<Frame> result;
  for (SourceLocation& at : CallAt(pc)) {
    bool program = !IsMachinery(at);
    at.function = ReadableName(std::move(at.function));
    result.push_back({std::move(at), program});
  }
  return result;
}

std::vector<SourceLocation> ProgramFrames(const void* pc) {
  std::vector<SourceLocation> frames = CallAt(pc);
  std::erase_if(frames, IsMachinery);
  for (SourceLocation& at : frames) {
    at.function = ReadableName(std::move(at.function));
  }
  return frames;
}

}  // namespace rt::internal
