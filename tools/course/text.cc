// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "tools/course/text.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace course {
namespace {

bool IsContinuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

}  // namespace

std::optional<std::string> ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  std::string bytes((std::istreambuf_iterator<char>(in)),
                    std::istreambuf_iterator<char>());
  if (in.bad()) return std::nullopt;
  return bytes;
}

std::vector<std::string> ReadLines(const std::string& path) {
  std::vector<std::string> lines;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    lines.push_back(line);
  }
  return lines;
}

std::string FileHash(const std::string& path) {
  std::optional<std::string> bytes = ReadFile(path);
  if (!bytes) return "";
  uint64_t hash = 14695981039346656037u;
  for (char c : *bytes) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211u;
  }
  char text[24];
  std::snprintf(text, sizeof text, "%016llx",
                static_cast<unsigned long long>(hash));
  return text;
}

std::string Trim(const std::string& text) {
  const char* const kSpace = " \t\r\n\f\v";
  size_t from = text.find_first_not_of(kSpace);
  if (from == std::string::npos) return "";
  return text.substr(from, text.find_last_not_of(kSpace) - from + 1);
}

std::string Lower(std::string text) {
  for (char& c : text) c = std::tolower(static_cast<unsigned char>(c));
  return text;
}

std::string WithCommas(int64_t n) {
  std::string text = std::to_string(n);
  const int first_digit = n < 0 ? 1 : 0;
  for (int i = static_cast<int>(text.size()) - 3; i > first_digit; i -= 3) {
    text.insert(i, ",");
  }
  return text;
}

std::string Count(int64_t n, const std::string& noun) {
  return WithCommas(n) + " " + noun + (n == 1 ? "" : "s");
}

int Width(const std::string& text) {
  return static_cast<int>(std::count_if(
      text.begin(), text.end(), [](char c) { return !IsContinuation(c); }));
}

std::string Clip(const std::string& text, int columns) {
  if (Width(text) <= columns) return text;
  const std::string dots = columns >= 3 ? "..." : "";
  int left = std::max(0, columns - Width(dots));
  size_t end = 0;
  while (end < text.size()) {
    if (!IsContinuation(text[end])) {
      if (left == 0) break;
      --left;
    }
    ++end;
  }
  return text.substr(0, end) + dots;
}

std::string Pad(const std::string& text, int columns) {
  return text + std::string(std::max(0, columns - Width(text)), ' ');
}

std::string Ends(const std::string& left, const std::string& right,
                 int columns) {
  return Pad(left, std::max(Width(left) + 2, columns - Width(right))) + right;
}

std::vector<std::string> Wrap(const std::string& text, int columns,
                              const std::string& indent) {
  std::vector<std::string> lines;
  std::istringstream words(text);
  std::string line;
  for (std::string word; words >> word;) {
    if (line.empty()) {
      line = indent + word;
    } else if (Width(line) + 1 + Width(word) <= columns) {
      line += " " + word;
    } else {
      lines.push_back(line);
      line = indent + word;
    }
  }
  if (!line.empty()) lines.push_back(line);
  return lines;
}

std::string Printable(const std::string& text) {
  std::string clean;
  for (size_t i = 0; i < text.size(); ++i) {
    const unsigned char c = text[i];
    if (c == 0x1B && i + 1 < text.size() && text[i + 1] == '[') {
      i += 2;  // ESC [ parameters final-byte
      while (i < text.size() && (text[i] < 0x40 || text[i] > 0x7E)) ++i;
    } else if (c == '\t') {
      clean += ' ';
    } else if (c == '\n' || (c >= 0x20 && c != 0x7F)) {
      clean += text[i];
    }
  }
  return clean;
}

}  // namespace course
