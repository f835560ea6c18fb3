// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/explorer/check.h"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/explorer/engine.h"
#include "runtime/explorer/report_json.h"
#include "runtime/explorer/report_text.h"
#include "runtime/explorer/story.h"

namespace rt::explorer {
namespace {

struct Replaying {
  std::string check;  // "Suite.Test#2"; empty if nothing is replayed.
  std::string line;
};

std::optional<uint64_t> budget;  // Of --budget.

Replaying& Replayed() {
  static auto& replaying = *new Replaying;
  return replaying;
}

std::vector<grader::NamedResult>& Results() {
  static auto& results = *new std::vector<grader::NamedResult>;
  return results;
}

// While it lives, what fails in the body of a check fails the execution and
// not the test.
class ExpectationCatcher : public testing::ScopedFakeTestPartResultReporter {
 public:
  ExpectationCatcher()
      : ScopedFakeTestPartResultReporter(INTERCEPT_ALL_THREADS, &unused_) {}

  void ReportTestPartResult(const testing::TestPartResult& result) override {
    EngineScope scope;
    Engine* engine = Engine::Active();
    if (engine == nullptr || !result.failed()) return;
    engine->FailExpectation(
        result.message(),
        result.file_name() == nullptr ? "" : result.file_name(),
        result.line_number());
  }

 private:
  testing::TestPartResultArray unused_;
};

// "Suite.Test", and "Suite.Test#2" for the second check in it.
std::string NextCheckName() {
  static std::string test;
  static int count;
  const testing::TestInfo* info =
      testing::UnitTest::GetInstance()->current_test_info();
  std::string name = info == nullptr ? std::string("check")
                                     : absl::StrCat(info->test_suite_name(),
                                                    ".", info->name());
  count = name == test ? count + 1 : 1;
  test = name;
  return count == 1 ? name : absl::StrCat(name, "#", count);
}

// All interleavings with at most so many were seen.
std::optional<uint64_t> CompletePreemptions(const Result& result) {
  return result.complete ? std::numeric_limits<uint64_t>::max()
                         : result.complete_preemptions;
}

// The test's verdict: that of its first check that fails; as long as all pass,
// what they have seen together.
void RecordVerdict(const Result& result, const std::string& name) {
  Result told = result;
  for (const auto& [unused, earlier] : Results()) {
    if (!earlier.passed()) return;
    if (!result.passed()) continue;
    told.executions += earlier.executions;
    told.complete_preemptions =
        std::min(CompletePreemptions(told), CompletePreemptions(earlier));
    told.complete = told.complete && earlier.complete;
    if (told.complete) told.complete_preemptions.reset();
    told.summary = PassedSummary(told);
  }
  testing::Test::RecordProperty("verdict", JsonReport(told, name));
}

// Makes a result that was wanted one that passed, and another one that did not.
void Expect(Verdict expected, Result* result) {
  const char* wanted = VerdictText(expected);
  if (result->verdict == expected) {
    result->verdict = Verdict::kPassed;
    result->summary =
        absl::StrCat("as it should: ", wanted, ", ", result->summary);
  } else if (result->passed()) {
    result->verdict = Verdict::kWrong;
    result->summary =
        absl::StrCat("it should be a ", wanted, ", but: ", result->summary);
  }
}

}  // namespace

void Check(absl::FunctionRef<void()> body) { Check(Options(), body); }

void Check(const Options& options, absl::FunctionRef<void()> body) {
  CheckFinds(Verdict::kPassed, options, body);
}

void CheckOutcomes(const Options& options, const std::set<std::string>& allowed,
                   absl::FunctionRef<std::string()> body) {
  Check(options, [&] {
    std::string outcome = body();
    if (!allowed.contains(outcome)) {
      Refuse(Verdict::kWrong,
             absl::StrCat("the outcome is ", outcome, ", which is none of ",
                          absl::StrJoin(allowed, ", ")));
    }
    for (const std::string& each : allowed) {
      Sometimes(each == outcome, absl::StrCat("the outcome ", each));
    }
  });
}

void CheckFinds(Verdict expected, const Options& options,
                absl::FunctionRef<void()> body) {
  std::string name = NextCheckName();
  Options effective = options;
  if (budget.has_value()) effective.max_executions = *budget;
  if (!Replayed().check.empty()) {
    if (Replayed().check != name) return;
    effective.replay = Replayed().line;
  }
  Result result = CheckQuietly(effective, body);
  if (!result.replay.empty()) {
    result.replay = absl::StrCat(name, "@", result.replay);
  }
  if (expected != Verdict::kPassed) Expect(expected, &result);
  RecordVerdict(result, name);
  bool passed = result.passed();
  std::string report = TextReport(result, name);
  Results().push_back({name, std::move(result)});
  if (!passed) ADD_FAILURE() << report;
}

void ExpectOverlap(absl::Duration took, absl::Duration together,
                   absl::Duration in_turn, absl::string_view what) {
  if (took == together) return;
  Verdict verdict = took < together   ? Verdict::kWrong
                    : took >= in_turn ? Verdict::kSerial
                                      : Verdict::kSlow;
  Refuse(verdict, absl::StrCat(what, ": it took ", absl::FormatDuration(took),
                               ", not ", absl::FormatDuration(together)));
}

void ExpectNoDelay(absl::Duration delay, absl::string_view what) {
  if (delay <= absl::ZeroDuration()) return;
  Refuse(Verdict::kSlow, absl::StrCat(what, ": ", absl::FormatDuration(delay)));
}

Result CheckQuietly(const Options& options, absl::FunctionRef<void()> body) {
  ExpectationCatcher catcher;
  return Explore(options, body);
}

namespace grader {

void SetBudget(uint64_t max_executions) { budget = max_executions; }

void SetReplay(const std::string& replay) {
  size_t at = replay.find('@');
  Replayed().check = replay.substr(0, at);
  Replayed().line = at == std::string::npos ? "" : replay.substr(at + 1);
}

std::vector<NamedResult> TakeResults() { return std::exchange(Results(), {}); }

}  // namespace grader

}  // namespace rt::explorer
