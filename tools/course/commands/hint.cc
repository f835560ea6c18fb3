// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include <algorithm>
#include <cstdint>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "nlohmann/json.hpp"
#include "tools/course/commands/commands.h"
#include "tools/course/text.h"
#include "tools/course/verdict.h"

namespace course {
namespace {

// hints.md: each hint is a section under a heading of the second level. A
// heading that names a verdict ("## RACE") is not one of the numbered hints:
// it comes first when the last verdict was that one.
struct Hint {
  std::string heading;
  std::string verdict;  // "RACE"; empty for a numbered hint
  std::vector<std::string> lines;
};

bool HasWord(const std::string& text, const std::string& word) {
  auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; };
  for (size_t at = text.find(word); at != std::string::npos;
       at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    if ((at == 0 || !is_letter(text[at - 1])) &&
        (end == text.size() || !is_letter(text[end]))) {
      return true;
    }
  }
  return false;
}

std::vector<Hint> ReadHints(const std::string& path) {
  std::vector<Hint> hints;
  bool code = false;
  for (const std::string& line : ReadLines(path)) {
    if (line.rfind("```", 0) == 0) code = !code;
    if (!code && line.rfind("## ", 0) == 0) {
      Hint hint;
      hint.heading = Printable(Trim(line.substr(3)));
      for (int v = 0; v <= static_cast<int>(Verdict::kGrader); ++v) {
        const std::string name = Name(static_cast<Verdict>(v));
        if (HasWord(hint.heading, name)) hint.verdict = name;
      }
      hints.push_back(hint);
    } else if (!hints.empty()) {
      hints.back().lines.push_back(Printable(line));
    }
  }
  return hints;
}

// "[text](../../../lessons/x)" as "text (lessons/x)".
std::string WithPlainLinks(const std::string& text) {
  static const std::regex kLink(R"(\[([^\]]*)\]\((?:\.\./)*([^)]*)\))");
  return std::regex_replace(text, kLink, "$1 ($2)");
}

// Markdown as plain text: paragraphs filled to 80 columns, code as it is.
void ShowMarkdown(const std::vector<std::string>& lines, Screen& screen) {
  std::string paragraph;
  bool code = false;
  bool gap = false;
  auto flush = [&] {
    if (paragraph.empty()) return;
    if (gap) screen.Line();
    screen.Lines(Wrap(WithPlainLinks(paragraph), 80, "  "));
    paragraph.clear();
    gap = true;
  };
  for (const std::string& line : lines) {
    if (line.rfind("```", 0) == 0) {
      flush();
      code = !code;
      continue;
    }
    if (code) {
      screen.Line(Clip("      " + line, 80));
    } else if (Trim(line).empty()) {
      flush();
    } else {
      if (line.rfind("- ", 0) == 0 || line.rfind("* ", 0) == 0) {
        flush();
        gap = false;
      }
      paragraph += (paragraph.empty() ? "" : " ") + Trim(line);
    }
  }
  flush();
}

}  // namespace

int RunHint(Context& context) {
  const Exercise* exercise = context.Current();
  if (!context.args.words.empty()) {
    const std::string& query = context.args.words[0];
    const Match match = Resolve(context.tree, query, {.exercises = true});
    if (!match.found()) {
      return FailName(context, "exercise", query, match,
                      context.Command("list"));
    }
    exercise = match.exercise;
  }
  if (exercise == nullptr) {
    return Fail(context, kEnvironment, "The course has no exercises.", {},
                context.Command("doctor"));
  }
  const std::string file = exercise->Dir() + "/hints.md";
  std::vector<Hint> numbered, for_verdict;
  for (const Hint& hint : ReadHints(context.tree.Path(file))) {
    (hint.verdict.empty() ? numbered : for_verdict).push_back(hint);
  }
  if (numbered.empty()) {
    return Fail(context, kGraderFault,
                "There are no hints in " + file + "; that is our fault.", {},
                context.Command("grade"));
  }
  const ExerciseState known = context.Of(*exercise);
  const int most = static_cast<int>(numbered.size());
  int from = std::min(known.hints + 1, most), to = from;
  const bool again = known.hints >= most;
  if (again) from = 1;
  if (context.args.Has("--level")) {
    const std::optional<int> level =
        PositiveNumber(context.args.flags.at("--level"));
    if (!level || *level > most) {
      return Fail(
          context, kUsage,
          exercise->Name() + " has hints 1 to " + std::to_string(most) + ".",
          {}, context.Command("hint " + exercise->Name()));
    }
    from = to = *level;
  }
  const absl::Status saved = Save(context, [&](State& state) {
    ExerciseState& e = state.exercises[exercise->Name()];
    e.hints = std::max(e.hints, to);
  });

  Screen& screen = context.screen;
  nlohmann::json shown = nlohmann::json::array();
  auto show = [&](const std::string& title, const Hint& hint) {
    screen.Line(screen.In(Tone::kStrong, title) + "  " + exercise->Name());
    ShowMarkdown(hint.lines, screen);
    std::string text;
    for (const std::string& line : hint.lines) text += line + "\n";
    shown.push_back({{"title", title}, {"text", Trim(text)}});
  };
  if (from == 1 && !context.args.Has("--level")) {
    for (const Hint& hint : for_verdict) {
      if (hint.verdict == known.verdict) show("Hint on " + hint.verdict, hint);
    }
  }
  for (int level = from; level <= to; ++level) {
    show("Hint " + std::to_string(level) + " of " + std::to_string(most),
         numbered[level - 1]);
  }
  screen.Json({{"schema", 1},
               {"command", "hint"},
               {"exercise", exercise->Name()},
               {"level", to},
               {"of", most},
               {"hints", shown}});
  if (!saved.ok()) return FailState(context, saved);
  const std::string name =
      exercise == context.Current() ? "" : " " + exercise->Name();
  screen.Next(
      context.Command("grade" + name),
      to < most ? "hint once more for hint " + std::to_string(to + 1) : "");
  return kOk;
}

}  // namespace course
