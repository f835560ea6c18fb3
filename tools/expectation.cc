// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "tools/expectation.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace tools {
namespace {

using Strings = std::vector<std::string>;

// The words of "Explorer finds:", and the verdict that each stands for.
constexpr std::array<std::pair<absl::string_view, absl::string_view>, 7>
    kFindings = {{{"data race", "RACE"},
                  {"deadlock", "DEADLOCK"},
                  {"goroutine leak", "LEAK"},
                  {"livelock", "LIVELOCK"},
                  {"panic", "PANIC"},
                  {"failed expectation", "WRONG"},
                  {"nothing", "PASSED"}}};

absl::string_view VerdictOf(absl::string_view finding) {
  for (const auto& [words, verdict] : kFindings) {
    if (words == finding) return verdict;
  }
  return "";
}

// Without white space at the end of lines and empty lines around the text.
Strings Lines(absl::string_view text) {
  Strings lines;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    lines.emplace_back(absl::StripTrailingAsciiWhitespace(line));
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  auto first = std::find_if(lines.begin(), lines.end(),
                            [](const std::string& s) { return !s.empty(); });
  lines.erase(lines.begin(), first);
  return lines;
}

// The comment block that ends the file, without its slashes; *first_line is the
// number of its first line in the file.
Strings TrailingComment(absl::string_view source, int* first_line) {
  Strings lines = absl::StrSplit(source, '\n');
  while (!lines.empty() && absl::StripAsciiWhitespace(lines.back()).empty()) {
    lines.pop_back();
  }
  size_t begin = lines.size();
  while (begin > 0 && absl::StartsWith(lines[begin - 1], "//")) --begin;
  Strings comment;
  for (size_t i = begin; i < lines.size(); ++i) {
    absl::string_view text = lines[i];
    text.remove_prefix(2);
    absl::ConsumePrefix(&text, " ");
    comment.emplace_back(absl::StripTrailingAsciiWhitespace(text));
  }
  *first_line = static_cast<int>(begin) + 1;
  return comment;
}

struct Section {
  absl::string_view title;
  int line = 0;
  Strings text;
};

constexpr std::array<absl::string_view, 7> kTitles = {
    "Output:",      "Unordered output:", "Output contains:", "Stderr contains:",
    "Exit status:", "Compile error:",    "Explorer finds:"};

std::vector<Section> Sections(absl::string_view source) {
  int number = 0;
  std::vector<Section> sections;
  for (const std::string& line : TrailingComment(source, &number)) {
    auto title = std::find_if(
        kTitles.begin(), kTitles.end(),
        [&](absl::string_view t) { return absl::StartsWith(line, t); });
    if (title != kTitles.end()) {
      sections.push_back({*title, number, {line.substr(title->size())}});
    } else if (!sections.empty()) {
      sections.back().text.push_back(line);
    }
    ++number;
  }
  for (Section& section : sections) {
    section.text[0] = std::string(absl::StripAsciiWhitespace(section.text[0]));
    section.text = Lines(absl::StrJoin(section.text, "\n"));
  }
  return sections;
}

absl::Status Invalid(int line, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("line ", line, ": ", what));
}

absl::Status SetOutput(const Section& section, OutputMatch match,
                       Expectation* result) {
  if (result->output_match != OutputMatch::kAny) {
    return Invalid(section.line, "a second promise about the output");
  }
  result->output_match = match;
  result->output = section.text;
  return absl::OkStatus();
}

absl::Status SetOneLine(const Section& section, Expectation* result) {
  if (section.text.size() != 1) {
    return Invalid(section.line,
                   absl::StrCat("'", section.title, "' takes one line"));
  }
  const std::string& text = section.text[0];
  if (section.title == "Explorer finds:") {
    if (VerdictOf(text).empty()) {
      return Invalid(
          section.line,
          absl::StrCat("'", text, "' is nothing that the explorer finds"));
    }
    result->explorer_finds = text;
  } else if (!absl::SimpleAtoi(text, &result->exit_status) ||
             result->exit_status < 0 || result->exit_status > 255) {
    return Invalid(section.line,
                   absl::StrCat("'", text, "' is no exit status (0 to 255)"));
  }
  return absl::OkStatus();
}

absl::Status Apply(const Section& section, Expectation* result) {
  if (section.title == "Output:") {
    return SetOutput(section, OutputMatch::kExact, result);
  }
  if (section.title == "Unordered output:") {
    return SetOutput(section, OutputMatch::kUnordered, result);
  }
  if (section.title == "Exit status:" || section.title == "Explorer finds:") {
    return SetOneLine(section, result);
  }
  // The rest are lists; an empty one would promise nothing.
  if (section.text.empty()) {
    return Invalid(section.line,
                   absl::StrCat("nothing follows '", section.title, "'"));
  }
  if (section.title == "Output contains:") {
    return SetOutput(section, OutputMatch::kContains, result);
  }
  (section.title == "Stderr contains:" ? result->stderr_contains
                                       : result->compile_error) = section.text;
  return absl::OkStatus();
}

bool AnyLineContains(const Strings& lines, absl::string_view wanted) {
  return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
    return absl::StrContains(line, wanted);
  });
}

void CheckContains(absl::string_view where, const Strings& wanted,
                   absl::string_view text, Strings* result) {
  const Strings lines = Lines(text);
  for (const std::string& line : wanted) {
    if (!AnyLineContains(lines, line)) {
      result->push_back(absl::StrCat(where, " has no line with: ", line));
    }
  }
}

// Names the first difference only: what follows it is noise.
void CheckOrdered(const Strings& wanted, const Strings& got, Strings* result) {
  auto [w, g] =
      std::mismatch(wanted.begin(), wanted.end(), got.begin(), got.end());
  if (w == wanted.end() && g == got.end()) return;
  if (g == got.end()) {
    result->push_back(absl::StrCat("output ends before: ", *w));
  } else if (w == wanted.end()) {
    result->push_back(absl::StrCat("output goes on with: ", *g));
  } else {
    result->push_back(absl::StrCat("output line ", g - got.begin() + 1,
                                   " is: ", *g, "\n    expected: ", *w));
  }
}

void CheckUnordered(Strings wanted, Strings got, Strings* result) {
  std::sort(wanted.begin(), wanted.end());
  std::sort(got.begin(), got.end());
  auto report = [&](absl::string_view what, const Strings& a,
                    const Strings& b) {
    Strings difference;
    std::set_difference(a.begin(), a.end(), b.begin(), b.end(),
                        std::back_inserter(difference));
    for (const std::string& line : difference) {
      result->push_back(absl::StrCat(what, line));
    }
  };
  report("output lacks the line: ", wanted, got);
  report("output has a line too many: ", got, wanted);
}

}  // namespace

absl::StatusOr<Expectation> ParseExpectation(absl::string_view source) {
  Expectation result;
  const std::vector<Section> sections = Sections(source);
  if (sections.empty()) {
    return absl::InvalidArgumentError(
        "the file does not end with a comment that says what it prints");
  }
  for (const Section& section : sections) {
    absl::Status status = Apply(section, &result);
    if (!status.ok()) return status;
  }
  if (result.MustNotCompile() && sections.size() > 1) {
    return Invalid(sections[1].line,
                   "a program that does not compile does nothing else");
  }
  return result;
}

std::vector<std::string> Mismatches(const Expectation& expectation,
                                    const RunResult& run) {
  Strings result;
  if (expectation.MustNotCompile()) {
    if (run.exit_status == 0) return {"it compiles"};
    CheckContains("the compiler's message", expectation.compile_error,
                  run.standard_error, &result);
    return result;
  }
  switch (expectation.output_match) {
    case OutputMatch::kAny:
      break;
    case OutputMatch::kExact:
      CheckOrdered(expectation.output, Lines(run.standard_output), &result);
      break;
    case OutputMatch::kUnordered:
      CheckUnordered(expectation.output, Lines(run.standard_output), &result);
      break;
    case OutputMatch::kContains:
      CheckContains("output", expectation.output, run.standard_output, &result);
      break;
  }
  CheckContains("standard error", expectation.stderr_contains,
                run.standard_error, &result);
  if (run.exit_status != expectation.exit_status) {
    result.push_back(absl::StrCat("exit status is ", run.exit_status,
                                  ", expected ", expectation.exit_status));
  }
  return result;
}

bool ReportSays(absl::string_view report, absl::string_view finds) {
  const absl::string_view verdict = VerdictOf(finds);
  for (absl::string_view line : absl::StrSplit(report, '\n')) {
    if (absl::ConsumePrefix(&line, verdict) &&
        (line.empty() || line[0] == ' ')) {
      return true;
    }
  }
  return false;
}

std::string Summary(const Expectation& expectation) {
  if (expectation.MustNotCompile()) return "it does not compile";
  for (absl::string_view word : {"deadlock", "panic", "fatal error"}) {
    if (AnyLineContains(expectation.stderr_contains, word)) {
      return std::string(word);
    }
  }
  if (expectation.explorer_finds && *expectation.explorer_finds != "nothing") {
    return *expectation.explorer_finds;
  }
  if (expectation.exit_status != 0) {
    return absl::StrCat("exit status ", expectation.exit_status);
  }
  return "it prints what it promises";
}

}  // namespace tools
