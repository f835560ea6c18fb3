// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/explorer/source.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <climits>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>

#include "runtime/internal/symbolize.h"

namespace rt::explorer {
namespace {

std::string Trim(const std::string& text) {
  size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

// Folders in which a path relative to the workspace may be found.
std::vector<std::string> SourceRoots() {
  std::vector<std::string> roots;
  for (const char* variable : {"COURSE_ROOT", "BUILD_WORKSPACE_DIRECTORY"}) {
    if (const char* value = getenv(variable)) roots.push_back(value);
  }
  roots.push_back(".");
  // A program built by Bazel lies in <output base>/execroot/<name>/bazel-out,
  // and beside bazel-out are links to the sources.
  char path[PATH_MAX];
  ssize_t size = readlink("/proc/self/exe", path, sizeof path);
  if (size > 0) {
    std::string program(path, static_cast<size_t>(size));
    size_t at = program.find("/bazel-out/");
    if (at != std::string::npos) roots.push_back(program.substr(0, at));
  }
  return roots;
}

bool IsIdentifierChar(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

// Names in `code` that may be variables.
std::set<std::string> Variables(std::string_view code) {
  static const std::set<std::string> kNotVariables = {
      "auto", "bool",  "char",     "const",    "delete", "do",    "double",
      "else", "false", "float",    "for",      "if",     "int",   "int64_t",
      "long", "new",   "return",   "rt",       "size_t", "std",   "string",
      "this", "true",  "uint64_t", "unsigned", "void",   "while",
  };
  std::set<std::string> names;
  for (size_t i = 0; i < code.size();) {
    if (code.substr(i, 2) == "//") break;
    if (code[i] == '"') {
      size_t end = code.find('"', i + 1);
      i = end == std::string_view::npos ? code.size() : end + 1;
      continue;
    }
    if (!IsIdentifierChar(code[i])) {
      ++i;
      continue;
    }
    size_t end = i;
    while (end < code.size() && IsIdentifierChar(code[end])) ++end;
    std::string name(code.substr(i, end - i));
    bool number = std::isdigit(static_cast<unsigned char>(name[0]));
    bool called = end < code.size() && (code[end] == '(' || code[end] == '<');
    bool qualifier = code.substr(end, 2) == "::";
    bool qualified = i >= 2 && code.substr(i - 2, 2) == "::";
    if (!number && !called && !qualifier && !qualified &&
        kNotVariables.count(name) == 0) {
      names.insert(name);
    }
    i = end;
  }
  return names;
}

}  // namespace

bool IsUserFile(const std::string& file) {
  return !file.empty() && file[0] != '/' && file.rfind("runtime/", 0) != 0 &&
         file.rfind("external/", 0) != 0 && file.rfind("bazel-out/", 0) != 0;
}

SourceLine UserLine(const std::vector<void*>& stack) {
  static auto& cache = *new std::map<void*, SourceLine>;
  for (void* pc : stack) {
    auto [it, fresh] = cache.try_emplace(pc);
    if (fresh) {
      // A return address: the call is just before it.
      for (const internal::SourceLocation& place :
           internal::Symbolize(static_cast<char*>(pc) - 1)) {
        if (!IsUserFile(place.file) || place.line == 0) continue;
        it->second = {place.file, place.line, LineText(place.file, place.line)};
        break;
      }
    }
    if (!it->second.file.empty()) return it->second;
  }
  return {};
}

std::string LineText(const std::string& file, int line) {
  return Trim(SourceText(file, line));
}

std::string SourceText(const std::string& file, int line) {
  static auto& cache = *new std::map<std::string, std::vector<std::string>>;
  auto [it, fresh] = cache.try_emplace(file);
  if (fresh) {
    for (const std::string& root : SourceRoots()) {
      std::ifstream in(root + "/" + file);
      if (!in) continue;
      for (std::string text; std::getline(in, text);) {
        it->second.push_back(text);
      }
      break;
    }
  }
  const std::vector<std::string>& lines = it->second;
  if (line < 1 || static_cast<size_t>(line) > lines.size()) return "";
  return lines[static_cast<size_t>(line) - 1];
}

std::string LockName(std::string_view line_text) {
  static const std::regex kCall(
      R"(([A-Za-z_][\w.\[\]]*(?:->[\w.\[\]]+)*?)(?:\.|->)(?:Try|try_)?R?[Ll]ock(?:_shared)?\()");
  static const std::regex kScoped(
      R"((?:scoped_lock|lock_guard|unique_lock|shared_lock)[^({]*[({]\s*\*?([\w.\->\[\]]+)\s*[)}])");
  std::string text(line_text);
  std::smatch match;
  if (std::regex_search(text, match, kCall) ||
      std::regex_search(text, match, kScoped)) {
    return match[1];
  }
  return "";
}

std::string CommonVariable(std::string_view a, std::string_view b) {
  std::set<std::string> in_a = Variables(a);
  std::set<std::string> in_b = Variables(b);
  std::vector<std::string> both;
  std::set_intersection(in_a.begin(), in_a.end(), in_b.begin(), in_b.end(),
                        std::back_inserter(both));
  return both.size() == 1 ? both[0] : "";
}

}  // namespace rt::explorer
