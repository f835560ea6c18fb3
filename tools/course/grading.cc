// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "tools/course/grading.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "pugixml.hpp"
#include "tools/course/build_events.h"
#include "tools/course/text.h"
#include "tools/course/tree.h"
#include "tools/course/verdict.h"

namespace course {
namespace {

// std::regex recurses once for each character.
constexpr size_t kLongestLine = 2000;

std::vector<std::string> SplitLines(const std::string& text) {
  std::vector<std::string> lines;
  std::string line;
  for (char c : text + "\n") {
    if (c == '\n') {
      lines.push_back(line);
      line.clear();
    } else if (line.size() < kLongestLine) {
      line += c;
    }
  }
  return lines;
}

bool EndsWith(const std::string& text, const std::string& end) {
  return text.size() >= end.size() &&
         text.compare(text.size() - end.size(), end.size(), end) == 0;
}

void DecideByChecks(Grade& grade) {
  grade.verdict = Verdict::kPassed;
  for (int i = 0; i < grade.total(); ++i) {
    const Verdict verdict = grade.checks[i].verdict;
    if (verdict == Verdict::kPassed) continue;
    const bool first = grade.verdict == Verdict::kPassed;
    const bool outranks =
        grade.verdict == Verdict::kGrader && verdict != Verdict::kGrader;
    if (first || outranks) {
      grade.verdict = verdict;
      grade.deciding = i;
    }
  }
}

// A grader that had to end at once wrote no report, but its log tells: a line
// that begins with a verdict, with the check's name or a sentence behind it,
// and a sentence below. The first that is not PASSED.
std::optional<Check> VerdictInLog(const std::string& log_path) {
  const std::vector<std::string> lines = ReadLines(log_path);
  for (size_t i = 0; i < lines.size(); ++i) {
    const size_t end = lines[i].find(' ');
    const std::string word = lines[i].substr(0, end);
    const Verdict verdict = VerdictFromName(word);
    const bool alone = end == std::string::npos;
    if (word != Name(verdict) || verdict == Verdict::kPassed ||
        (!alone && lines[i].compare(end, 2, "  ") != 0)) {
      continue;
    }
    Check check;
    check.verdict = verdict;
    check.summary = alone ? "" : Trim(Printable(lines[i].substr(word.size())));
    // A check's name is one word.
    const bool sentence = check.summary.find(' ') != std::string::npos;
    if (!sentence && i + 1 < lines.size()) {
      check.summary = Trim(Printable(lines[i + 1]));
    }
    return check;
  }
  return std::nullopt;
}

void DecideByRun(const Tree& tree, const TestRun& run, Grade& grade) {
  grade.log_path = ReadablePath(tree.root, run.log_path);
  grade.seconds = run.seconds;
  grade.checks = ReadChecks(run.xml_path);
  if (grade.checks.empty()) {
    if (const std::optional<Check> check = VerdictInLog(run.log_path)) {
      grade.verdict = check->verdict;
      grade.detail = check->summary;
      return;
    }
  }
  DecideByChecks(grade);
  if (grade.verdict != Verdict::kPassed) return;
  // Nothing is passed on GoogleTest's word alone.
  const bool explored =
      std::any_of(grade.checks.begin(), grade.checks.end(),
                  [](const Check& check) { return check.raw.is_object(); });
  if (run.status == "PASSED" && explored) return;
  if (run.status == "TIMEOUT") {
    grade.verdict = Verdict::kHang;
    grade.detail = "The checks ran out of time before they gave an answer.";
    return;
  }
  grade.verdict = Verdict::kGrader;
  grade.detail =
      explored ? "Every check passed, yet the program that ran them failed."
               : "The checks ended before they gave a verdict. If your code "
                 "calls exit() or abort(), take that out.";
}

// True if the target's build failed where the student's file is at fault.
bool DecideByBuild(const Exercise& exercise, const TargetEvents& target,
                   const BuildEvents& events, Grade& grade) {
  for (const std::string& output : target.root_causes) {
    const auto it = events.actions.find(output);
    if (it == events.actions.end()) continue;
    const FailedAction& action = it->second;
    const BuildError error = FirstError(
        Printable(ReadFile(action.stderr_path).value_or("")), exercise.File());
    if (!grade.build_error) grade.build_error = error;
    // A link fails when the file lacks what exercise.h promises, or defines
    // what the grader has.
    const bool links = action.type == "CppLink" && !error.message.empty();
    if (error.file == exercise.File() || links) {
      grade.build_error = error;
      grade.build_error->file = exercise.File();
      return true;
    }
  }
  return false;
}

}  // namespace

int Grade::passed() const {
  return static_cast<int>(std::count_if(
      checks.begin(), checks.end(),
      [](const Check& check) { return check.verdict == Verdict::kPassed; }));
}

std::optional<Grade> GradeFrom(const Tree& tree, const Exercise& exercise,
                               const BuildEvents& events) {
  const auto it = events.targets.find(exercise.Target());
  if (it == events.targets.end()) return std::nullopt;
  const TargetEvents& target = it->second;
  Grade grade;
  grade.exercise = &exercise;
  if (!target.runs.empty()) {
    DecideByRun(tree, target.runs.back(), grade);
    // A source line that the grader could not read may be readable here.
    for (Check& check : grade.checks) {
      for (Location& location : check.locations) {
        if (!location.text.empty() || location.line < 1) continue;
        const std::vector<std::string> lines =
            ReadLines(tree.Path(location.file));
        if (location.line <= static_cast<int>(lines.size())) {
          location.text = Trim(Printable(lines[location.line - 1]));
        }
      }
    }
    return grade;
  }
  if (target.root_causes.empty()) return std::nullopt;
  if (DecideByBuild(exercise, target, events, grade)) {
    grade.verdict = Verdict::kBuild;
  } else {
    grade.verdict = Verdict::kGrader;
    grade.detail = "The grader does not compile.";
  }
  return grade;
}

BuildError FirstError(const std::string& output, const std::string& own) {
  static const std::regex kError(
      R"(^(\S[^:\n]*):(\d+):(\d+): (?:fatal )?error: (.*)$)");
  static const std::regex kPlace(R"((?:^|\s)([^\s:]+):(\d+)(?::(\d+))?[:,])");
  static const std::regex kLink(
      R"((undefined reference to|multiple definition of).*)");
  const std::vector<std::string> lines = SplitLines(output);
  BuildError error;
  for (const std::string& line : lines) {
    std::smatch m;
    if (std::regex_search(line, m, kError)) {
      error.file = m[1];
      error.line = std::atoi(m[2].str().c_str());
      error.column = std::atoi(m[3].str().c_str());
      error.message = m[4];
      break;
    }
    if (std::regex_search(line, m, kLink)) {
      error.message = m[0];
      return error;
    }
  }
  if (error.message.empty() || EndsWith(error.file, own)) {
    if (!error.message.empty()) error.file = own;
    return error;
  }
  // The error is in a header. The line that led there is that of "required
  // from here", or "in instantiation of"; else that of "in file included from".
  for (const bool include : {false, true}) {
    for (const std::string& line : lines) {
      const std::string words = Trim(line);
      const bool is_include = words.rfind("In file included from", 0) == 0 ||
                              words.rfind("from ", 0) == 0;
      std::smatch m;
      if (is_include == include && std::regex_search(line, m, kPlace) &&
          EndsWith(m[1], own)) {
        error.file = own;
        error.line = std::atoi(m[2].str().c_str());
        error.column = std::atoi(m[3].str().c_str());
        return error;
      }
    }
  }
  return error;
}

std::vector<Check> ReadChecks(const std::string& xml_path) {
  std::vector<Check> checks;
  pugi::xml_document report;
  if (!report.load_file(xml_path.c_str())) return checks;
  for (const pugi::xpath_node& node : report.select_nodes("//testcase")) {
    const pugi::xml_node test = node.node();
    // Bazel writes a report of its own if the program wrote none; its only
    // "test" has no class. It is not a check.
    if (!test.attribute("classname")) continue;
    if (std::string(test.attribute("status").as_string()) == "notrun") continue;
    const std::string name =
        std::string(test.attribute("classname").as_string()) + "." +
        test.attribute("name").as_string();
    const bool failed = !test.child("failure").empty();
    Check check;
    const pugi::xml_node property =
        test.select_node("properties/property[@name='verdict']").node();
    if (property) {
      absl::StatusOr<Check> parsed =
          CheckFromJson(property.attribute("value").as_string());
      if (parsed.ok()) {
        check = *parsed;
      } else {
        check.summary = "The verdict cannot be read: " +
                        std::string(parsed.status().message());
      }
      if (check.verdict == Verdict::kPassed && failed) {
        check.verdict = Verdict::kWrong;
      }
    } else {
      check.verdict = failed ? Verdict::kWrong : Verdict::kPassed;
      check.expectation =
          Printable(test.child("failure").attribute("message").as_string());
    }
    if (check.name.empty()) check.name = name;
    checks.push_back(check);
  }
  return checks;
}

}  // namespace course
