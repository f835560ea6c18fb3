// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "tools/course/verdict.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"
#include "tools/course/screen.h"
#include "tools/course/text.h"

namespace course {
namespace {

using nlohmann::json;

struct Word {
  Verdict verdict;
  const char* name;
  const char* meaning;
};

constexpr Word kWords[] = {
    {Verdict::kPassed, "PASSED", "every check passes"},
    {Verdict::kBuild, "BUILD", "it does not compile"},
    {Verdict::kWrong, "WRONG", "an expectation fails"},
    {Verdict::kRace, "RACE",
     "two goroutines touch the same memory, and nothing orders them"},
    {Verdict::kDeadlock, "DEADLOCK", "goroutines wait for each other for ever"},
    {Verdict::kLeak, "LEAK", "goroutines are left behind, blocked for ever"},
    {Verdict::kLivelock, "LIVELOCK",
     "goroutines stay busy for ever and get nowhere"},
    {Verdict::kPanic, "PANIC", "a goroutine panics, and nobody recovers"},
    {Verdict::kMemory, "MEMORY",
     "it uses memory that is not its own, or no longer its own"},
    {Verdict::kSerial, "SERIAL",
     "it never does two things at once where the task asks for it"},
    {Verdict::kSlow, "SLOW", "it takes longer than the task allows"},
    {Verdict::kHang, "HANG",
     "it gives no answer: there may be an endless loop"},
    {Verdict::kEdited, "EDITED", "a file that is not yours to change differs"},
    {Verdict::kGrader, "GRADER",
     "the grader could not judge; this is not your fault"},
};

const Word& WordFor(Verdict verdict) {
  for (const Word& word : kWords) {
    if (word.verdict == verdict) return word;
  }
  return kWords[sizeof kWords / sizeof kWords[0] - 1];
}

// Text of the student's program on its way to a terminal: one line.
std::string OneLine(const json& object, const char* key) {
  std::string text = Printable(object.value(key, ""));
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  return Trim(text);
}

Location ReadLocation(const json& from) {
  Location location;
  location.role = OneLine(from, "role");
  location.file = OneLine(from, "file");
  location.line = from.value("line", 0);
  location.text = OneLine(from, "text");
  location.goroutine = from.value("goroutine", 0);
  location.name = OneLine(from, "name");
  for (const json& lock : from.value("held", json::array())) {
    location.held.push_back(Printable(lock.get<std::string>()));
  }
  return location;
}

}  // namespace

std::string Name(Verdict verdict) { return WordFor(verdict).name; }

Verdict VerdictFromName(const std::string& name) {
  for (const Word& word : kWords) {
    if (name == word.name) return word.verdict;
  }
  return Verdict::kGrader;
}

Tone ToneOf(Verdict verdict) {
  if (verdict == Verdict::kPassed) return Tone::kGood;
  if (verdict == Verdict::kGrader) return Tone::kWarn;
  return Tone::kBad;
}

std::string Meaning(Verdict verdict) { return WordFor(verdict).meaning; }

absl::StatusOr<Check> CheckFromJson(const std::string& text) {
  try {
    Check check;
    check.raw = json::parse(text);
    const json& from = check.raw;
    if (from.at("schema").get<int>() != 1) {
      return absl::InvalidArgumentError("it is of another schema than 1");
    }
    check.name = OneLine(from, "check");
    check.verdict = VerdictFromName(from.at("verdict").get<std::string>());
    check.summary = OneLine(from, "summary");
    check.executions = from.value("executions", int64_t{0});
    check.found_in = from.value("found_in", int64_t{0});
    check.complete = from.value("complete", false);
    if (auto most = from.find("complete_preemptions");
        most != from.end() && !most->is_null()) {
      check.complete_preemptions = most->get<int64_t>();
    }
    for (const json& location : from.value("locations", json::array())) {
      check.locations.push_back(ReadLocation(location));
    }
    for (const json& g : from.value("goroutines", json::array())) {
      check.goroutines.push_back({g.value("id", 0), OneLine(g, "name")});
    }
    for (const json& step : from.value("steps", json::array())) {
      check.steps.push_back(
          {step.value("goroutine", 0), OneLine(step, "text")});
    }
    check.order_hint = OneLine(from, "order_hint");
    check.replay = OneLine(from, "replay");
    check.expectation = Printable(from.value("expectation", ""));
    return check;
  } catch (const json::exception& e) {
    return absl::InvalidArgumentError(e.what());
  }
}

}  // namespace course
