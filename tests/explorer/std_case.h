// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The rows of the tests of standard C++ under the explorer: a program, and what
// the explorer says of it.

#ifndef TESTS_EXPLORER_STD_CASE_H_
#define TESTS_EXPLORER_STD_CASE_H_

#include <cstdint>
#include <ostream>
#include <string>

#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/explorer/explore.h"
#include "runtime/explorer/report_text.h"

namespace rt::explorer {

struct StdCase {
  const char* name;
  void (*body)();
  Verdict verdict = Verdict::kPassed;
  // If it passes: all executions of the reduced search. 0: so many that the
  // number means nothing, but it is complete.
  uint64_t executions = 0;
  // If not: what the report says, and a line of the program in it.
  const char* says = "";
  const char* line = "";
};

inline void PrintTo(const StdCase& c, std::ostream* os) { *os << c.name; }

// Without the report's line breaks.
inline std::string InOneLine(std::string text) {
  for (size_t i = 0; (i = text.find_first_of(" \n", i)) != std::string::npos;) {
    size_t end = text.find_first_not_of(" \n", i);
    text.replace(i, end == std::string::npos ? end : end - i, " ");
    ++i;
  }
  return text;
}

class StdTest : public testing::TestWithParam<StdCase> {};

TEST_P(StdTest, HasThisVerdict) {
  const StdCase& c = GetParam();
  for (Search search : {Search::kReduced, Search::kPortfolio}) {
    Options options;
    options.search = search;
    Result result = CheckQuietly(options, c.body);
    std::string report = TextReport(result, c.name);
    ASSERT_STREQ(VerdictText(result.verdict), VerdictText(c.verdict)) << report;
    std::string words = InOneLine(report);
    EXPECT_NE(words.find(c.says), std::string::npos) << report;
    EXPECT_NE(words.find(c.line), std::string::npos) << report;
    if (!result.passed()) {
      EXPECT_NE(result.replay, "") << report;
      continue;
    }
    EXPECT_TRUE(result.complete) << report;
    if (c.executions == 0) continue;
    EXPECT_EQ(result.executions, c.executions);
  }
}

// What the library is made of is right with weak memory, too.
TEST_P(StdTest, HasThisVerdictWithWeakMemory) {
  const StdCase& c = GetParam();
  Options options;
  options.weak_memory = true;
  Result result = CheckQuietly(options, c.body);
  EXPECT_STREQ(VerdictText(result.verdict), VerdictText(c.verdict))
      << TextReport(result, c.name);
}

}  // namespace rt::explorer

#endif  // TESTS_EXPLORER_STD_CASE_H_
