// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/explorer/stepper.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "runtime/explorer/report_text.h"
#include "runtime/explorer/source.h"

namespace rt::explorer {
namespace {

// Lines of source before a step's and after it.
constexpr int kAround = 3;

constexpr char kHelp[] =
    "  Enter  the next step      p       the one before\n"
    "  5      step 5             t       all of them, as a table\n"
    "  q      the end\n";

std::string NameOf(const Result& result, uint64_t goroutine) {
  for (const GoroutineInfo& g : result.goroutines) {
    if (g.id == goroutine) return g.name;
  }
  return "";
}

std::string StepText(const Result& result, size_t i) {
  const Step& step = result.steps[i];
  std::string text = absl::StrCat(
      "step ", i + 1, " of ", result.steps.size(), ": ",
      GoroutineText(step.goroutine, NameOf(result, step.goroutine)), "  ",
      step.text, "\n");
  if (!step.note.empty()) absl::StrAppend(&text, "  ", step.note, "\n");
  if (step.file.empty()) return text;
  absl::StrAppend(&text, "  ", step.file, "\n");
  for (int line = std::max(1, step.line - kAround); line <= step.line + kAround;
       ++line) {
    std::string source = SourceText(step.file, line);
    if (source.empty() && line != step.line) continue;
    std::string number = absl::StrCat(line);
    absl::StrAppend(&text, line == step.line ? " >" : "  ",
                    std::string(number.size() < 5 ? 5 - number.size() : 0, ' '),
                    number, "  ", source, "\n");
  }
  return text;
}

}  // namespace

void StepThrough(const Result& result, std::istream& in, std::ostream& out) {
  if (result.steps.empty()) {
    out << "There is no interleaving to step through.\n";
    return;
  }
  size_t at = 0;
  bool show = true;
  for (;;) {
    if (show) out << "\n" << StepText(result, at);
    bool last = at + 1 == result.steps.size();
    out << (last ? "Enter: end" : "Enter: next") << ", h: help> " << std::flush;
    std::string line;
    if (!std::getline(in, line)) break;
    absl::StripAsciiWhitespace(&line);
    show = true;
    size_t wanted = 0;
    if (line == "q" || (line.empty() && last)) {
      return;
    } else if (line.empty()) {
      ++at;
    } else if (line == "p") {
      at = at == 0 ? 0 : at - 1;
    } else if (line == "t") {
      out << StepTable(result);
      show = false;
    } else if (absl::SimpleAtoi(line, &wanted) && wanted >= 1 &&
               wanted <= result.steps.size()) {
      at = wanted - 1;
    } else {
      if (line != "h") {
        out << "\"" << line << "\" is no step from 1 to " << result.steps.size()
            << " and no command:\n";
      }
      out << kHelp;
      show = false;
    }
  }
  out << "\n";
}

}  // namespace rt::explorer
