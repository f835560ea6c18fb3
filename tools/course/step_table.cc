// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "tools/course/step_table.h"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "tools/course/text.h"
#include "tools/course/verdict.h"

namespace course {
namespace {

constexpr int kRoom = 72;  // of 80 columns; the steps' numbers take the rest
constexpr int kNarrowest = 12;
constexpr int kFirstSteps = 6;  // of a table too long for a screen
constexpr int kLastSteps = 18;

// The goroutines that take a step, in the order the check gives.
std::vector<Goroutine> ActiveGoroutines(const Check& check) {
  std::vector<Goroutine> active;
  auto takes_step = [&](const Goroutine& g) {
    return std::any_of(check.steps.begin(), check.steps.end(),
                       [&](const Step& s) { return s.goroutine == g.id; });
  };
  std::copy_if(check.goroutines.begin(), check.goroutines.end(),
               std::back_inserter(active), takes_step);
  for (const Step& step : check.steps) {
    const bool known =
        std::any_of(active.begin(), active.end(),
                    [&](const Goroutine& g) { return g.id == step.goroutine; });
    if (!known) active.push_back({step.goroutine, ""});
  }
  return active;
}

std::string Title(const Goroutine& g) {
  if (g.name.empty()) return "goroutine " + std::to_string(g.id);
  return g.name == "main" ? g.name : std::to_string(g.id) + " " + g.name;
}

// A step may run into the columns to the right of its own, where its row is
// empty. So columns are as wide as the room allows in which each step can be
// read to its end, and no wider than the longest step.
int ColumnWidth(const Check& check, const std::vector<Goroutine>& columns,
                std::map<int, int>& number_of) {
  const int count = static_cast<int>(columns.size());
  int width = kNarrowest;
  for (const Goroutine& g : columns) {
    width = std::max(width, Width(Title(g)) + 2);
  }
  for (const Step& step : check.steps) {
    width = std::max(width, Width(step.text) + 2);
  }
  for (const Step& step : check.steps) {
    const int at = number_of[step.goroutine];
    if (at > 0) width = std::min(width, (kRoom - Width(step.text)) / at);
  }
  return std::clamp(width, kNarrowest, std::max(kNarrowest, kRoom / count));
}

std::string WithoutTrailingSpace(const std::string& line) {
  return line.substr(0, line.find_last_not_of(' ') + 1);
}

}  // namespace

std::vector<std::string> StepTable(const Check& check) {
  std::vector<std::string> lines;
  if (check.steps.empty()) return lines;
  const std::vector<Goroutine> columns = ActiveGoroutines(check);
  std::map<int, int> number_of;  // the goroutine's column
  for (const Goroutine& g : columns) {
    number_of.emplace(g.id, static_cast<int>(number_of.size()));
  }
  const int width = ColumnWidth(check, columns, number_of);
  const bool fits = static_cast<int>(columns.size()) * width <= kRoom;
  if (fits) {
    std::string header = "  step  ";
    for (const Goroutine& g : columns) {
      header += Pad(Clip(Title(g), width - 1), width);
    }
    lines.push_back(WithoutTrailingSpace(header));
  }
  const int total = static_cast<int>(check.steps.size());
  const int left_out = total - kFirstSteps - kLastSteps;
  for (int i = 0; i < total; ++i) {
    if (left_out > 1 && i == kFirstSteps) {
      lines.push_back("   ...  " + Count(left_out, "more step"));
      i += left_out;
    }
    const Step& step = check.steps[i];
    const int column = number_of[step.goroutine];
    char number[16];
    std::snprintf(number, sizeof number, "  %4d  ", i + 1);
    const std::string row =
        fits ? std::string(column * width, ' ') + step.text
             : Pad(Clip(Title(columns[column]), 16), 18) + step.text;
    lines.push_back(number + Clip(row, kRoom));
  }
  return lines;
}

}  // namespace course
