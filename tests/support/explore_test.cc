// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "tests/support/explore_test.h"

#include <ostream>
#include <string>

#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/explorer/explore.h"

namespace rt::testing {

void ExploreTest::Judge() {
  explorer::Result result =
      explorer::CheckQuietly(explorer::Options(), GetParam().body);
  std::string said = result.summary + "\n" + result.expectation;
  EXPECT_STREQ(explorer::VerdictText(result.verdict),
               explorer::VerdictText(GetParam().verdict))
      << said;
  EXPECT_NE(said.find(GetParam().says), said.npos) << said;
  if (result.passed()) {
    EXPECT_TRUE(result.complete);
  }
}

void ExploreCountTest::Count() {
  explorer::Options options;
  options.search = explorer::Search::kReduced;
  explorer::Result result = explorer::CheckQuietly(options, GetParam().body);
  EXPECT_TRUE(result.passed()) << result.summary;
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.executions, GetParam().executions);
}

void PrintTo(const ExploreCase& c, std::ostream* os) { *os << c.name; }
void PrintTo(const ExploreCount& c, std::ostream* os) { *os << c.name; }

}  // namespace rt::testing
