// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "tools/course/names.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>
#include <vector>

#include "tools/course/text.h"
#include "tools/course/tree.h"

namespace course {
namespace {

enum Fit { kNone = 0, kPrefix = 1, kWhole = 2 };

Fit FitWord(const std::string& query, const std::string& name) {
  if (query == name) return kWhole;
  if (!query.empty() && name.rfind(query, 0) == 0) return kPrefix;
  return kNone;
}

bool IsNumber(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return std::isdigit(static_cast<unsigned char>(c));
  });
}

Fit FitLesson(const std::string& query, const std::string& dir) {
  if (IsNumber(query)) {
    const std::string two = query.size() == 1 ? "0" + query : query;
    return dir.rfind(two + "_", 0) == 0 ? kWhole : kNone;
  }
  return std::max(FitWord(query, dir), FitWord(query, dir.substr(3)));
}

// The query's parts: without what paths and labels have in front and behind.
std::vector<std::string> Parts(std::string query) {
  query = Lower(Trim(query));
  std::replace(query.begin(), query.end(), ':', '/');
  std::replace(query.begin(), query.end(), '-', '_');
  std::vector<std::string> parts;
  std::string part;
  for (char c : query + "/") {
    if (c != '/') {
      part += c;
      continue;
    }
    if (!part.empty() && part != "." && part != "..") parts.push_back(part);
    part.clear();
  }
  if (parts.size() > 1 && (parts[0] == "exercises" || parts[0] == "lessons" ||
                           parts[0] == "solutions")) {
    parts.erase(parts.begin());
  }
  if (parts.size() == 3) parts.pop_back();  // .../exercise.cc
  if (!parts.empty()) {
    std::string& last = parts.back();
    if (last.size() > 3 && last.substr(last.size() - 3) == ".cc") {
      last.resize(last.size() - 3);
    }
  }
  return parts;
}

Fit FitItem(const std::vector<std::string>& parts, const std::string& dir,
            const std::string& slug) {
  if (parts.size() == 1) return FitWord(parts[0], slug);
  if (parts.size() != 2) return kNone;
  return std::min(FitLesson(parts[0], dir), FitWord(parts[1], slug));
}

// Changes (insert, delete, replace, swap neighbours) that turn a into b.
int EditDistance(const std::string& a, const std::string& b) {
  std::vector<std::vector<int>> d(a.size() + 1, std::vector<int>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) d[i][0] = static_cast<int>(i);
  for (size_t j = 0; j <= b.size(); ++j) d[0][j] = static_cast<int>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1,
                          d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[a.size()][b.size()];
}

// A name counts as near as its nearest form: "topic/slug" or "slug" alone.
int Distance(const std::string& query, const std::string& name) {
  int best = EditDistance(query, name);
  const size_t slash = name.find('/');
  if (slash != std::string::npos) {
    best = std::min(best, EditDistance(query, name.substr(slash + 1)));
  }
  return best;
}

}  // namespace

std::vector<std::string> Nearest(const std::string& query,
                                 const std::vector<std::string>& names,
                                 int count) {
  const std::string wanted = Lower(query);
  std::vector<std::pair<int, std::string>> ranked;
  for (const std::string& name : names) {
    ranked.emplace_back(Distance(wanted, Lower(name)), name);
  }
  std::stable_sort(
      ranked.begin(), ranked.end(),
      [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> nearest;
  for (const auto& [distance, name] : ranked) {
    if (static_cast<int>(nearest.size()) == count) break;
    nearest.push_back(name);
  }
  return nearest;
}

Match Resolve(const Tree& tree, const std::string& query, Wanted wanted) {
  const std::vector<std::string> parts = Parts(query);
  std::vector<std::pair<Fit, Match>> fits;
  std::vector<std::string> all_names;
  auto consider = [&](Fit fit, const std::string& name, Match match) {
    all_names.push_back(name);
    if (fit == kNone) return;
    match.candidates = {name};
    fits.emplace_back(fit, match);
  };
  for (const Lesson& lesson : tree.lessons) {
    if (wanted.lessons) {
      Match match;
      match.lesson = &lesson;
      consider(parts.size() == 1 ? FitLesson(parts[0], lesson.dir) : kNone,
               lesson.topic, match);
    }
    if (wanted.exercises) {
      for (const Exercise& exercise : lesson.exercises) {
        Match match;
        match.exercise = &exercise;
        consider(FitItem(parts, lesson.dir, exercise.slug), exercise.Name(),
                 match);
      }
    }
    if (wanted.demos) {
      for (const Demo& demo : lesson.demos) {
        Match match;
        match.demo = &demo;
        consider(FitItem(parts, lesson.dir, demo.slug), demo.Name(), match);
      }
    }
  }
  Match none;
  for (Fit level : {kWhole, kPrefix}) {
    std::vector<Match> level_matches;
    for (const auto& [fit, match] : fits) {
      if (fit == level) level_matches.push_back(match);
    }
    if (level_matches.size() == 1) {
      level_matches[0].candidates.clear();
      return level_matches[0];
    }
    if (level_matches.size() > 1) {
      none.ambiguous = true;
      for (const Match& match : level_matches) {
        none.candidates.push_back(match.candidates[0]);
      }
      return none;
    }
  }
  none.candidates = Nearest(query, all_names);
  return none;
}

}  // namespace course
