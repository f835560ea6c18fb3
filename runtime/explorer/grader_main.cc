// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The main function of every grader: GoogleTest's, with the explorer's voice.
//
//   --list               prints the names of the checks' tests and stops
//   --replay=LINE        runs one interleaving of an earlier report again
//   --step               steps through the first failing interleaving
//   --budget=N           executions of each exhaustive search, at most
//   --json=FILE          writes all verdicts, as JSON
//   --expect=VERDICT     exit status 0 if that is the overall verdict, else 1
//   --expect_file=PATH   the same; the verdict is in a line of that source
//                        file, "// Diagnosis: deadlock"
//
// and GoogleTest's own. The overall verdict is that of the first check that
// fails. Exit status: 0 passed (or as expected), 1 not, 2 wrong usage, 4 the
// grader itself is broken.

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "runtime/explorer/check.h"
#include "runtime/explorer/report_json.h"
#include "runtime/explorer/report_text.h"
#include "runtime/explorer/stepper.h"

namespace rt::explorer {
namespace {

constexpr int kUsage = 2;
constexpr int kBroken = 4;

// Prints a report for each check, in place of GoogleTest's own printer, and
// keeps the overall verdict.
class Reporter : public testing::EmptyTestEventListener {
 public:
  void OnTestPartResult(const testing::TestPartResult& part) override {
    // Check reports through its results; this is an expectation outside.
    if (part.failed()) outside_ = part;
  }

  void OnTestEnd(const testing::TestInfo& info) override {
    std::string name = absl::StrCat(info.test_suite_name(), ".", info.name());
    std::vector<grader::NamedResult> results = grader::TakeResults();
    bool failed = false;
    for (const auto& [check, result] : results) {
      if (!result.passed()) failed = true;
      Add(result, check);
    }
    if (info.result()->Failed() && !failed) AddOutside(name);
    if (info.result()->Passed() && results.empty()) ++unexplored_;
    outside_.reset();
  }

  Verdict overall() const { return overall_; }
  size_t checks() const { return json_.size() + unexplored_; }
  // Null if all have passed.
  const Result* failed() const { return failed_ ? &*failed_ : nullptr; }

  std::string Json() const {
    return absl::StrCat("{\"schema\":1,\"verdict\":\"", VerdictText(overall_),
                        "\",\"checks\":[", absl::StrJoin(json_, ","), "]}\n");
  }

 private:
  void Add(const Result& result, const std::string& name) {
    if (!result.passed() && !failed_) failed_ = result;
    if (overall_ == Verdict::kPassed) overall_ = result.verdict;
    // After these another check would take as long, or meet damaged memory.
    if (result.verdict == Verdict::kHang ||
        result.verdict == Verdict::kMemory) {
      testing::GTEST_FLAG(fail_fast) = true;
    }
    json_.push_back(JsonReport(result, name));
    fputs(TextReport(result, name).c_str(), stdout);
    fflush(stdout);
  }

  void AddOutside(const std::string& name) {
    Result result;
    result.verdict = Verdict::kWrong;
    result.summary = "an expectation fails";
    if (outside_) {
      result.expectation = outside_->message();
      Location location;
      location.role = "expected";
      if (outside_->file_name() != nullptr) {
        location.file = outside_->file_name();
      }
      location.line = outside_->line_number();
      location.goroutine = 1;
      location.name = "main";
      result.locations.push_back(location);
    }
    testing::Test::RecordProperty("verdict", JsonReport(result, name));
    Add(result, name);
  }

  std::optional<testing::TestPartResult> outside_;
  Verdict overall_ = Verdict::kPassed;
  std::optional<Result> failed_;  // The first one.
  std::vector<std::string> json_;
  size_t unexplored_ = 0;
};

struct Flags {
  std::string replay;
  std::string json;
  std::optional<Verdict> expect;
  bool list = false;
  bool step = false;
};

// The verdict in a line "// Diagnosis: race" of a source file.
std::optional<Verdict> DiagnosisIn(const std::string& path) {
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    absl::string_view rest = line;
    if (!absl::ConsumePrefix(&rest, "// Diagnosis:")) continue;
    rest = absl::StripAsciiWhitespace(rest);
    return VerdictFromText(std::string_view(rest.data(), rest.size()));
  }
  return std::nullopt;
}

// False, with a message on stderr, if the arguments are wrong.
bool ParseFlags(int argc, char** argv, Flags* flags) {
  for (int i = 1; i < argc; ++i) {
    absl::string_view arg = argv[i];
    absl::string_view value = arg;
    if (absl::ConsumePrefix(&value, "--replay=")) {
      flags->replay = std::string(value);
    } else if (arg == "--list") {
      flags->list = true;
    } else if (arg == "--step") {
      flags->step = true;
    } else if (absl::ConsumePrefix(&value, "--budget=")) {
      uint64_t executions = 0;
      if (!absl::SimpleAtoi(value, &executions) || executions == 0) {
        fprintf(stderr, "%s: want a whole number from 1\n", argv[i]);
        return false;
      }
      grader::SetBudget(executions);
    } else if (absl::ConsumePrefix(&value, "--json=")) {
      flags->json = std::string(value);
    } else if (absl::ConsumePrefix(&value, "--expect=")) {
      flags->expect =
          VerdictFromText(std::string_view(value.data(), value.size()));
      if (!flags->expect) {
        fprintf(stderr, "%s: no such verdict\n", argv[i]);
        return false;
      }
    } else if (absl::ConsumePrefix(&value, "--expect_file=")) {
      flags->expect = DiagnosisIn(std::string(value));
      if (!flags->expect) {
        fprintf(stderr, "%s: no line \"// Diagnosis: VERDICT\"\n", argv[i]);
        return false;
      }
    } else {
      fprintf(stderr,
              "unknown argument %s; known are --list, --replay=LINE, --step, "
              "--budget=N, --json=FILE, --expect=VERDICT, --expect_file=PATH "
              "and GoogleTest's\n",
              argv[i]);
      return false;
    }
  }
  return true;
}

void List() {
  const auto& all = *testing::UnitTest::GetInstance();
  for (int i = 0; i < all.total_test_suite_count(); ++i) {
    const testing::TestSuite& suite = *all.GetTestSuite(i);
    for (int k = 0; k < suite.total_test_count(); ++k) {
      printf("%s.%s\n", suite.name(), suite.GetTestInfo(k)->name());
    }
  }
}

int Main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  Flags flags;
  if (!ParseFlags(argc, argv, &flags)) return kUsage;
  if (flags.list) {
    List();
    return 0;
  }
  if (!InstrumentationIsAlive()) {
    printf(
        "GRADER  a data race that is there was not found: this program is "
        "not instrumented\n");
    return kBroken;
  }
  if (!flags.replay.empty()) {
    grader::SetReplay(flags.replay);
    testing::GTEST_FLAG(filter) =
        flags.replay.substr(0, flags.replay.find_first_of("#@"));
  }
  testing::TestEventListeners& listeners =
      testing::UnitTest::GetInstance()->listeners();
  delete listeners.Release(listeners.default_result_printer());
  auto* reporter = new Reporter;  // Belongs to GoogleTest.
  listeners.Append(reporter);

  int status = RUN_ALL_TESTS();
  Verdict overall = reporter->overall();
  if (!flags.json.empty()) {
    std::ofstream out(flags.json);
    out << reporter->Json();
    if (!out.flush()) {
      fprintf(stderr, "cannot write %s\n", flags.json.c_str());
      return kUsage;
    }
  }
  if (reporter->checks() == 0) {
    fprintf(stderr, "no check ran\n");
    return kUsage;
  }
  if (flags.step) {
    if (const Result* failed = reporter->failed()) {
      StepThrough(*failed, std::cin, std::cout);
    } else {
      printf("Nothing failed: there is nothing to step through.\n");
    }
  }
  if (flags.expect) {
    if (overall == *flags.expect) return 0;
    printf("expected the verdict %s, got %s\n", VerdictText(*flags.expect),
           VerdictText(overall));
    return 1;
  }
  return overall == Verdict::kGrader ? kBroken : status;
}

}  // namespace
}  // namespace rt::explorer

int main(int argc, char** argv) { return rt::explorer::Main(argc, argv); }
