// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "tests/explorer/pairs.h"

#include <ostream>
#include <string>

#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/explorer/explore.h"
#include "tests/explorer/shortening.h"

namespace classics {
namespace {

using ::rt::explorer::Result;
using ::rt::explorer::Search;

std::string Told(const Result& result) {
  std::string told = result.summary + "\n" + result.expectation;
  for (const rt::explorer::Location& at : result.locations) {
    told += "\n" + at.role + " at " + at.text;
  }
  return told;
}

}  // namespace

void PrintTo(const Pair& pair, std::ostream* os) { *os << pair.name; }

Result PairTest::Explored(bool right, Search search) {
  const Pair& pair = GetParam();
  rt::explorer::Options options;
  options.search = search;
  options.body_end_stops_all = pair.endless;
  options.max_executions = pair.max_executions;
  return rt::explorer::CheckQuietly(options, [&] { pair.body(right); });
}

void PairTest::RefusesTheWrongOne() {
  Result result = Explored(false, Search::kPortfolio);
  std::string told = Told(result);
  EXPECT_STREQ(VerdictText(result.verdict), VerdictText(GetParam().verdict))
      << told;
  for (const char* words : GetParam().says) {
    EXPECT_NE(told.find(words), told.npos) << words << "\nis not in: " << told;
  }
  RecordProperty("found_in", std::to_string(result.found_in));

  // The portfolio may have found it before it began to leave anything out.
  result = Explored(false, Search::kReduced);
  EXPECT_FALSE(result.passed()) << "the reduced search leaves it out";
  RecordProperty("reduced_found_in", std::to_string(result.found_in));
}

void PairTest::VerifiesTheRightOne() {
  Result result = Explored(true, Search::kPortfolio);
  EXPECT_TRUE(result.passed()) << Told(result);
  EXPECT_TRUE(result.complete) << result.executions;
  RecordProperty("executions", std::to_string(result.executions));
}

void PairTest::TellsTheWrongOneShortly() {
  rt::explorer::Options options;
  options.body_end_stops_all = GetParam().endless;
  rt::explorer::ExpectToldShortly(options, [] { GetParam().body(false); });
}

}  // namespace classics
