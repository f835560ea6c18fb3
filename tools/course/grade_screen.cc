// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "tools/course/grade_screen.h"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "tools/course/grading.h"
#include "tools/course/screen.h"
#include "tools/course/step_table.h"
#include "tools/course/text.h"
#include "tools/course/verdict.h"

namespace course {
namespace {

constexpr int kColumns = 80;

std::string Seconds(double seconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s", seconds);
  return text;
}

// The file's name alone if it is the exercise's, else its path.
std::string ShortFile(const std::string& file, const Exercise& exercise) {
  const std::string dir = exercise.Dir() + "/";
  return file.rfind(dir, 0) == 0 ? file.substr(dir.size()) : file;
}

std::string Place(const Location& location, const Exercise& exercise) {
  std::string place = ShortFile(location.file, exercise);
  if (location.line > 0) place += ":" + std::to_string(location.line);
  return place;
}

std::string Who(const Location& location, Verdict verdict) {
  std::string who;
  // An expectation stands in main: no need to say so.
  const bool matters = verdict != Verdict::kWrong || location.name != "main";
  if (location.goroutine > 0 && matters) {
    who = "goroutine " + std::to_string(location.goroutine);
    if (!location.name.empty()) who += " \"" + location.name + "\"";
  }
  return who;
}

std::string Held(const Location& location) {
  std::string held;
  for (const std::string& lock : location.held) {
    held += (held.empty() ? "holds " : ", ") + lock;
  }
  return held.empty() ? "holds nothing" : held;
}

void ShowLocations(const Check& check, const Exercise& exercise,
                   Screen& screen) {
  int role_width = 0, place_width = 0, text_width = 0, who_width = 0;
  for (const Location& l : check.locations) {
    role_width = std::max(role_width, Width(l.role));
    place_width = std::max(place_width, Width(Place(l, exercise)));
    text_width = std::max(text_width, Width(l.text));
    who_width = std::max(who_width, Width(Who(l, check.verdict)));
  }
  // In a race it matters who holds what; elsewhere only a lock that is held.
  const bool race = check.verdict == Verdict::kRace;
  const int column = 4 + role_width + 2 + place_width + 2;
  bool on_one_line = true;
  std::vector<std::string> heads, tails;
  for (const Location& l : check.locations) {
    heads.push_back("    " + Pad(l.role, role_width) + "  " +
                    Pad(Place(l, exercise), place_width) + "  ");
    const std::string held = race || !l.held.empty() ? Held(l) : "";
    tails.push_back(held.empty()
                        ? Who(l, check.verdict)
                        : Pad(Who(l, check.verdict), who_width) + "  " + held);
    on_one_line = on_one_line &&
                  column + text_width + 2 + Width(tails.back()) <= kColumns;
  }
  for (size_t i = 0; i < heads.size(); ++i) {
    const Location& l = check.locations[i];
    if (on_one_line) {
      screen.Line(Trim(tails[i]).empty()
                      ? heads[i] + l.text
                      : heads[i] + Pad(l.text, text_width + 2) + tails[i]);
      continue;
    }
    screen.Line(heads[i] + Clip(l.text, std::max(20, kColumns - column)));
    if (!Trim(tails[i]).empty()) {
      screen.Line("    " + std::string(role_width + 2, ' ') +
                  Clip(tails[i], kColumns - 6 - role_width));
    }
  }
}

void ShowText(const std::string& text, Screen& screen) {
  std::string line;
  int shown = 0;
  for (char c : text + "\n") {
    if (c != '\n') {
      line += c;
      continue;
    }
    if (!Trim(line).empty() && shown++ < 12) {
      const size_t depth = line.find_first_not_of(' ');
      screen.Lines(Wrap(line, kColumns, std::string(4 + depth, ' ')));
    }
    line.clear();
  }
}

// What a search without a failure is worth.
std::string Coverage(const Grade& grade) {
  int64_t all = 0, sampled = 0;
  int complete = 0, cut = 0;
  std::optional<int64_t> preemptions;
  for (const Check& check : grade.checks) {
    if (check.executions == 0) continue;
    (check.complete ? all : sampled) += check.executions;
    if (check.complete) {
      ++complete;
    } else if (cut++ == 0) {
      preemptions = check.complete_preemptions;
    } else {
      preemptions = std::min(preemptions, check.complete_preemptions);
    }
  }
  std::string text;
  if (complete > 0) {
    text = all == 1
               ? "verified: the only interleaving passes"
               : "verified: all " + WithCommas(all) + " interleavings pass";
    if (cut > 0) text += " in " + Count(complete, "check");
  }
  if (cut > 0) {
    if (!text.empty()) text += "; ";
    text += "no failure in " + Count(sampled, "interleaving");
    if (complete > 0)
      text += " of " + (cut == 1 ? "the other" : Count(cut, "other"));
    if (preemptions == 0) {
      text += ", among them all without a preemption";
    } else if (preemptions.has_value()) {
      text +=
          ", among them all with at most " + Count(*preemptions, "preemption");
    }
  }
  return text;
}

void ShowFailingCheck(const Grade& grade, Screen& screen) {
  const Check& check = grade.checks[grade.deciding];
  const std::string summary =
      check.summary.empty() ? Meaning(check.verdict) : check.summary;
  screen.Lines(Wrap(summary, kColumns, "  "));
  ShowLocations(check, *grade.exercise, screen);
  // In some verdicts the two say the same.
  if (summary.find(Trim(check.expectation)) == std::string::npos) {
    ShowText(check.expectation, screen);
  }
  screen.Lines(StepTable(check));
  if (!check.order_hint.empty()) {
    const bool race = check.verdict == Verdict::kRace;
    screen.Lines(
        Wrap((race ? "would order them: " : "would help: ") + check.order_hint,
             kColumns, "  "));
  }
  std::string found = "in check " + check.name;
  if (check.found_in > 0) {
    found += ", interleaving " + WithCommas(check.found_in);
  }
  screen.Line("  " + screen.In(Tone::kFaint, Clip(found, kColumns - 2)));
}

}  // namespace

void ShowGrade(const Grade& grade, Screen& screen) {
  const std::string verdict = Name(grade.verdict);
  const Exercise& exercise = *grade.exercise;
  std::string score;
  if (grade.total() > 0) {
    score = std::to_string(grade.passed()) + " of " +
            Count(grade.total(), "check") + "   ";
  }
  const std::string line =
      Ends(Pad(verdict, 8) + exercise.Name(), score + Seconds(grade.seconds));
  screen.Line(screen.In(ToneOf(grade.verdict), verdict) +
              line.substr(verdict.size()));

  if (grade.verdict == Verdict::kPassed) {
    if (const std::string text = Coverage(grade); !text.empty()) {
      screen.Line("  " + text);
    }
  } else if (grade.deciding >= 0) {
    ShowFailingCheck(grade, screen);
  } else if (grade.build_error && !grade.build_error->message.empty()) {
    const BuildError& error = *grade.build_error;
    if (!grade.detail.empty()) screen.Line("  " + grade.detail);
    std::string place = ShortFile(error.file, exercise);
    if (error.line > 0) place += ":" + std::to_string(error.line);
    if (error.column > 0) place += ":" + std::to_string(error.column);
    screen.Lines(Wrap(place + (place.empty() ? "" : ": ") + error.message,
                      kColumns, "  "));
  } else {
    screen.Lines(
        Wrap(grade.detail.empty() ? Meaning(grade.verdict) : grade.detail,
             kColumns, "  "));
  }
  if (grade.verdict == Verdict::kGrader) {
    screen.Line("  This is the grader's fault; it does not count.");
  }
  if (grade.deciding < 0 && grade.verdict != Verdict::kPassed &&
      !grade.log_path.empty()) {
    screen.Line("  its log: " + grade.log_path);
  }
}

std::string GradeLine(const Grade& grade, const Screen& screen) {
  const std::string verdict = Name(grade.verdict);
  std::string score;
  if (grade.total() > 0) {
    score =
        std::to_string(grade.passed()) + " of " + Count(grade.total(), "check");
  }
  const std::string left = Pad(verdict, 10) + grade.exercise->Name();
  const std::string line = score.empty() ? left : Ends(left, score, 78);
  return screen.In(ToneOf(grade.verdict), verdict) +
         line.substr(verdict.size());
}

nlohmann::json GradeJson(const Grade& grade) {
  nlohmann::json checks = nlohmann::json::array();
  for (const Check& check : grade.checks) {
    if (check.raw.is_object()) {
      checks.push_back(check.raw);
    } else {
      checks.push_back({{"schema", 1},
                        {"check", check.name},
                        {"verdict", Name(check.verdict)},
                        {"summary", check.summary},
                        {"expectation", check.expectation}});
    }
  }
  nlohmann::json json = {{"exercise", grade.exercise->Name()},
                         {"file", grade.exercise->File()},
                         {"verdict", Name(grade.verdict)},
                         {"passed", grade.passed()},
                         {"total", grade.total()},
                         {"seconds", grade.seconds},
                         {"checks", checks}};
  if (grade.build_error) {
    json["build_error"] = {{"file", grade.build_error->file},
                           {"line", grade.build_error->line},
                           {"column", grade.build_error->column},
                           {"message", grade.build_error->message}};
  }
  if (!grade.detail.empty()) json["detail"] = grade.detail;
  if (!grade.log_path.empty()) json["log"] = grade.log_path;
  return json;
}

}  // namespace course
