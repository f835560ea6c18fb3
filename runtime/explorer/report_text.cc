// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/explorer/report_text.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace rt::explorer {
namespace {

constexpr size_t kColumns = 80;
constexpr size_t kMinColumn = 16;  // Of the table; narrower, and it is a list.
constexpr size_t kFirstRows = 10;  // Shown of a long table.
constexpr size_t kLastRows = 30;
constexpr size_t kMaxRound = 12;  // Rows that repeat together.

std::string Fit(std::string text, size_t width) {
  if (text.size() <= width) return text;
  return text.substr(0, width - 2) + "..";
}

std::string Padded(std::string text, size_t width) {
  text = Fit(std::move(text), width);
  text.resize(width, ' ');
  return text;
}

void TrimRight(std::string& text) {
  text.erase(text.find_last_not_of(' ') + 1);
}

// Breaks `text` at spaces; every line begins with `indent` spaces.
std::string Wrapped(const std::string& text, size_t indent) {
  std::string result;
  std::string line;
  auto flush = [&] {
    absl::StrAppend(&result, std::string(indent, ' '), line, "\n");
    line.clear();
  };
  for (const std::string& word :
       std::vector<std::string>(absl::StrSplit(text, ' '))) {
    if (!line.empty() && indent + line.size() + 1 + word.size() > kColumns) {
      flush();
    }
    absl::StrAppend(&line, line.empty() ? "" : " ", word);
  }
  if (!line.empty()) flush();
  return result;
}

std::string LocationText(const Location& location) {
  std::string line = absl::StrCat("    ", Padded(location.role, 8), " ");
  absl::StrAppend(&line, location.file.empty()
                             ? std::string("somewhere")
                             : absl::StrCat(location.file, ":", location.line));
  std::string who = GoroutineText(location.goroutine, location.name);
  bool access = location.role.find("read") != std::string::npos ||
                location.role.find("write") != std::string::npos;
  if (!location.held.empty()) {
    absl::StrAppend(&who, " holds ", absl::StrJoin(location.held, ", "));
  } else if (access) {
    absl::StrAppend(&who, " holds nothing");
  }
  std::string text;
  if (line.size() + 2 + who.size() <= kColumns) {
    text = absl::StrCat(line, "  ", who, "\n");
  } else {
    text = absl::StrCat(line, "\n", std::string(13, ' '), who, "\n");
  }
  if (!location.text.empty()) {
    absl::StrAppend(&text, std::string(15, ' '),
                    Fit(location.text, kColumns - 15), "\n");
  }
  return text;
}

// The goroutines that have steps, in their order.
std::vector<uint64_t> ColumnsOf(const Result& result) {
  std::vector<uint64_t> ids;
  for (const Step& step : result.steps) ids.push_back(step.goroutine);
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

struct Row {
  size_t number;  // Of its first step, from 1.
  uint64_t goroutine;
  std::string text;
  size_t times;
  size_t round = 0;  // So many rows that end here
  size_t again = 0;  // come so often once more.

  bool Repeats(const Row& other) const {
    return goroutine == other.goroutine && text == other.text &&
           times == other.times;
  }
};

std::string NameOf(const Result& result, uint64_t id) {
  return id <= result.goroutines.size() ? result.goroutines[id - 1].name : "";
}

// Above a goroutine's column; in so little space that a name may have to stand
// for all.
std::string ColumnTitle(uint64_t id, const std::string& name, size_t width) {
  std::string title = GoroutineText(id, name);
  if (title.size() < width || name.empty()) return title;
  return Fit(absl::StrCat(id, " \"", name, "\""), width - 1);
}

// Rounds of a loop: the first one, and how often it comes again.
std::vector<Row> WithRoundsFolded(const std::vector<Row>& rows) {
  std::vector<Row> folded;
  for (size_t i = 0; i < rows.size();) {
    size_t best_round = 1;
    size_t best_again = 0;
    for (size_t round = 2; round <= kMaxRound; ++round) {
      size_t same = 0;
      while (i + round + same < rows.size() &&
             rows[i + round + same].Repeats(rows[i + same])) {
        ++same;
      }
      size_t again = same / round;
      if (again >= 2 && again * round > best_again * best_round) {
        best_round = round;
        best_again = again;
      }
    }
    folded.insert(folded.end(), rows.begin() + static_cast<ptrdiff_t>(i),
                  rows.begin() + static_cast<ptrdiff_t>(i + best_round));
    if (best_again > 0) {
      folded.back().round = best_round;
      folded.back().again = best_again;
    }
    i += best_round * (best_again + 1);
  }
  return folded;
}

// Repeated steps in one row, and repeated rows once.
std::vector<Row> RowsOf(const Result& result) {
  std::vector<Row> rows;
  for (size_t i = 0; i < result.steps.size(); ++i) {
    const Step& step = result.steps[i];
    if (!rows.empty() && rows.back().goroutine == step.goroutine &&
        rows.back().text == step.text) {
      ++rows.back().times;
      continue;
    }
    rows.push_back({i + 1, step.goroutine, step.text, 1});
  }
  return WithRoundsFolded(rows);
}

// Each once, with all steps that have it.
std::string Notes(const Result& result) {
  std::string text;
  const std::vector<Step>& steps = result.steps;
  for (size_t i = 0; i < steps.size(); ++i) {
    auto has_it = [&](const Step& s) { return s.note == steps[i].note; };
    auto at = steps.begin() + static_cast<ptrdiff_t>(i);
    if (at->note.empty() || std::any_of(steps.begin(), at, has_it)) continue;
    std::vector<size_t> numbers;
    for (size_t k = i; k < steps.size(); ++k) {
      if (has_it(steps[k])) numbers.push_back(k + 1);
    }
    std::string where = absl::StrCat(numbers.size() > 1 ? "steps " : "step ",
                                     absl::StrJoin(numbers, ", "), ": ");
    text += Wrapped(where + at->note, 2);
  }
  return text;
}

}  // namespace

std::string GoroutineText(uint64_t id, const std::string& name) {
  if (id == 1) return "main";
  if (name.empty()) return absl::StrCat("goroutine ", id);
  if (name == "thread") return absl::StrCat("thread ", id);
  return absl::StrCat("goroutine ", id, " \"", name, "\"");
}

std::string StepTable(const Result& result) {
  if (result.steps.empty()) return "";
  std::vector<uint64_t> columns = ColumnsOf(result);
  constexpr size_t kMargin = 8;  // "  step  "
  size_t width = (kColumns - kMargin) / columns.size();
  bool list = width < kMinColumn;
  std::string table = "  step  ";
  if (list) {
    table += "who       what";
  } else {
    for (uint64_t id : columns) {
      table += Padded(ColumnTitle(id, NameOf(result, id), width), width);
    }
  }
  TrimRight(table);
  table += "\n";
  std::vector<Row> rows = RowsOf(result);
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i == kFirstRows && rows.size() > kFirstRows + kLastRows + 1) {
      size_t skipped = rows.size() - kFirstRows - kLastRows;
      absl::StrAppend(&table, "   ...  ", skipped, " rows more\n");
      i = rows.size() - kLastRows;
    }
    const Row& row = rows[i];
    std::string number = absl::StrCat(row.number);
    std::string text = row.text;
    if (row.times > 1) absl::StrAppend(&text, " (", row.times, "x)");
    std::string line(number.size() < 6 ? 6 - number.size() : 0, ' ');
    absl::StrAppend(&line, number, "  ");
    if (list) {
      std::string who =
          row.goroutine == 1 ? "main" : absl::StrCat("g", row.goroutine);
      absl::StrAppend(&line, Padded(who, 10), Fit(text, kColumns - 18));
    } else {
      size_t column = static_cast<size_t>(
          std::find(columns.begin(), columns.end(), row.goroutine) -
          columns.begin());
      line.append(column * width, ' ');
      // The text may run on to the right, where its row is empty.
      absl::StrAppend(&line, Fit(text, kColumns - kMargin - column * width));
    }
    absl::StrAppend(&table, line, "\n");
    if (row.again > 0) {
      absl::StrAppend(&table, "   ...  these ", row.round, " rows again, ",
                      row.again, " times\n");
    }
  }
  return table;
}

std::string TextReport(const Result& result, std::string_view check) {
  std::string report = VerdictText(result.verdict);
  report.resize(std::max(report.size() + 1, size_t{8}), ' ');
  absl::StrAppend(&report, absl::string_view(check.data(), check.size()), "\n");
  absl::StrAppend(&report, Wrapped(result.summary, 2));
  if (result.passed()) return report;
  if (!result.expectation.empty() && result.expectation != result.summary) {
    for (const std::string& line :
         std::vector<std::string>(absl::StrSplit(result.expectation, '\n'))) {
      if (!line.empty()) absl::StrAppend(&report, "    ", line, "\n");
    }
  }
  for (const Location& location : result.locations) {
    report += LocationText(location);
  }
  report += StepTable(result);
  report += Notes(result);
  if (!result.order_hint.empty()) {
    bool race = result.verdict == Verdict::kRace;
    absl::StrAppend(&report, Wrapped(absl::StrCat(race ? "would order them: "
                                                       : "would help: ",
                                                  result.order_hint),
                                     2));
  }
  if (result.found_in > 0) {
    absl::StrAppend(
        &report, "  found in interleaving ", result.found_in,
        result.shortened ? "; this is a shorter one that fails alike\n" : "\n");
  }
  if (!result.replay.empty()) {
    absl::StrAppend(&report, "  again: --replay=", result.replay, "\n");
  }
  return report;
}

}  // namespace rt::explorer
