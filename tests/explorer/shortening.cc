// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "tests/explorer/shortening.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/explorer/report_json.h"
#include "runtime/explorer/schedule.h"

namespace rt::explorer {
namespace {

constexpr uint64_t kExecutions = 1'000;

int64_t Operations(const Result& result) {
  absl::StatusOr<Schedule> schedule =
      ParseSchedule(result.replay, ProgramHash());
  if (!schedule.ok()) return -1;
  return std::count_if(schedule->begin(), schedule->end(),
                       [](const Decision& d) { return !d.is_value; });
}

// What differs in a replay.
std::string Story(Result result) {
  result.executions = result.found_in = 0;
  result.shortened = false;
  return JsonReport(result, "");
}

struct Sums {
  uint64_t stories = 0;
  uint64_t preemptions_found = 0;
  uint64_t preemptions_told = 0;
  int64_t operations_found = 0;
  int64_t operations_told = 0;
};

void ExpectShorter(Options options, absl::FunctionRef<void()> body,
                   Sums* sums) {
  options.shorten = false;
  Result found = CheckQuietly(options, body);
  if (found.passed()) return;
  options.shorten = true;
  Result told = CheckQuietly(options, body);
  EXPECT_STREQ(VerdictText(told.verdict), VerdictText(found.verdict));
  EXPECT_EQ(told.found_in, found.found_in);
  EXPECT_EQ(told.shortened, told.replay != found.replay);
  int64_t operations_found = Operations(found);
  int64_t operations_told = Operations(told);
  EXPECT_GE(operations_told, 0) << told.summary << told.replay;
  EXPECT_LE(told.preemptions, found.preemptions);
  if (told.preemptions == found.preemptions) {
    EXPECT_LE(operations_told, operations_found);
  }
  ++sums->stories;
  sums->preemptions_found += found.preemptions;
  sums->preemptions_told += told.preemptions;
  sums->operations_found += operations_found;
  sums->operations_told += operations_told;

  options.replay = told.replay;
  EXPECT_EQ(Story(CheckQuietly(options, body)), Story(told));
}

}  // namespace

void ExpectToldShortly(const Options& options, absl::FunctionRef<void()> body) {
  Sums sums;
  for (Search search :
       {Search::kSampled, Search::kNaive, Search::kReduced, Search::kPct}) {
    SCOPED_TRACE(static_cast<int>(search));
    Options with = options;
    with.search = search;
    with.max_executions = kExecutions;
    ExpectShorter(with, body, &sums);
  }
  EXPECT_GT(sums.stories, 0u);
  testing::Test::RecordProperty(
      "told",
      absl::StrCat(sums.stories, " stories, preemptions ",
                   sums.preemptions_found, " -> ", sums.preemptions_told,
                   ", operations ", sums.operations_found, " -> ",
                   sums.operations_told));
}

}  // namespace rt::explorer
