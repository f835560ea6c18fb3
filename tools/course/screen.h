// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The terminal: colour where it is wanted, a live line while something runs.
//
// Everything a student reads goes to stdout, through this class; so do the
// answers of --json. The live line goes to stderr and is gone before the next
// line is written.

#ifndef TOOLS_COURSE_SCREEN_H_
#define TOOLS_COURSE_SCREEN_H_

#include <chrono>
#include <string>
#include <vector>

#include "nlohmann/json_fwd.hpp"

namespace course {

enum class Tone { kPlain, kGood, kBad, kWarn, kStrong, kFaint };

class Screen {
 public:
  struct Options {
    bool color = false;
    bool live = false;  // may draw a live line
    bool json = false;  // prints nothing but Json()
  };

  explicit Screen(Options options) : options_(options) {}

  // What suits the process's streams and environment (NO_COLOR, TERM, CI).
  static Options Detect();

  bool json() const { return options_.json; }
  bool live() const { return options_.live; }

  // `text`, coloured.
  std::string In(Tone tone, const std::string& text) const;

  // Writes a line, unless --json was asked for.
  void Line(const std::string& text = "");
  void Lines(const std::vector<std::string>& lines);

  // Writes bytes of another program's output as they are.
  void Raw(const std::string& bytes);

  // The last line: "Next: ...", with the other commands of interest behind it.
  void Next(const std::string& command, const std::string& others = "");

  // Writes the answer to --json.
  void Json(const nlohmann::json& answer);

  // Draws `text` and the seconds since `began`, once that is a second ago.
  void Live(const std::string& text,
            std::chrono::steady_clock::time_point began);
  void ClearLive();

 private:
  const Options options_;
  bool live_drawn_ = false;
};

}  // namespace course

#endif  // TOOLS_COURSE_SCREEN_H_
