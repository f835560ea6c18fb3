// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "tools/course/screen.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "tools/course/text.h"

namespace course {
namespace {

bool IsSet(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

int Columns() {
  winsize size;
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 10) {
    return size.ws_col;
  }
  return 80;
}

const char* Code(Tone tone) {
  switch (tone) {
    case Tone::kPlain:
      return "";
    case Tone::kGood:
      return "\033[1;32m";
    case Tone::kBad:
      return "\033[1;31m";
    case Tone::kWarn:
      return "\033[1;33m";
    case Tone::kStrong:
      return "\033[1m";
    case Tone::kFaint:
      return "\033[2m";
  }
  return "";
}

}  // namespace

Screen::Options Screen::Detect() {
  const char* term = std::getenv("TERM");
  const bool dumb = term != nullptr && std::string(term) == "dumb";
  Options options;
  options.color = isatty(STDOUT_FILENO) && !IsSet("NO_COLOR") && !dumb;
  options.live = isatty(STDERR_FILENO) && !IsSet("CI") && !dumb;
  return options;
}

std::string Screen::In(Tone tone, const std::string& text) const {
  if (!options_.color || tone == Tone::kPlain || text.empty()) return text;
  return Code(tone) + text + "\033[0m";
}

void Screen::Line(const std::string& text) {
  if (options_.json) return;
  Raw(text + "\n");
}

void Screen::Lines(const std::vector<std::string>& lines) {
  for (const std::string& line : lines) Line(line);
}

void Screen::Raw(const std::string& bytes) {
  ClearLive();
  std::fwrite(bytes.data(), 1, bytes.size(), stdout);
  std::fflush(stdout);
}

void Screen::Next(const std::string& command, const std::string& others) {
  std::string line = "Next: " + In(Tone::kStrong, command);
  if (!others.empty()) {
    const int column = 6 + Width(command);
    line += std::string(column < 24 ? 24 - column : 2, ' ');
    line += "(" + others + ")";
  }
  Line(line);
}

void Screen::Json(const nlohmann::json& answer) {
  if (!options_.json) return;
  Raw(answer.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) +
      "\n");
}

void Screen::Live(const std::string& text,
                  std::chrono::steady_clock::time_point began) {
  if (!options_.live || options_.json) return;
  const auto passed = std::chrono::steady_clock::now() - began;
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(passed).count();
  if (seconds < 1) return;
  // Room is left for the "^C" of a terminal.
  const std::string line = Clip("  " + std::to_string(seconds) + " s  " + text,
                                std::min(80, Columns()) - 4);
  std::fprintf(stderr, "\r\033[K%s", line.c_str());
  std::fflush(stderr);
  live_drawn_ = true;
}

void Screen::ClearLive() {
  if (!live_drawn_) return;
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
  live_drawn_ = false;
}

}  // namespace course
