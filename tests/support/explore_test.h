// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Rows for tests under the explorer: a body, and what is to be said of it.
//
//   using MutexExploreTest = rt::testing::ExploreTest;
//   TEST_P(MutexExploreTest, IsJudged) { Judge(); }
//   INSTANTIATE_TEST_SUITE_P(
//       Pairs, MutexExploreTest,
//       testing::Values(
//           ExploreCase{"Locked", Verdict::kPassed, [] { Increment(true); }},
//           ExploreCase{"Bare", Verdict::kRace, [] { Increment(false); }}),
//       RowName());

#ifndef TESTS_SUPPORT_EXPLORE_TEST_H_
#define TESTS_SUPPORT_EXPLORE_TEST_H_

#include <cstdint>
#include <functional>
#include <ostream>
#include <string>

#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/explorer/explore.h"

namespace rt::testing {

struct ExploreCase {
  const char* name;
  explorer::Verdict verdict;
  std::function<void()> body;
  const char* says = "";  // In the summary, or beside it.
};

class ExploreTest : public ::testing::TestWithParam<ExploreCase> {
 protected:
  // Expects the verdict; and of a body that passes, that all its interleavings
  // were seen.
  void Judge();
};

// A body that passes, and how many executions show all that it can do.
struct ExploreCount {
  const char* name;
  uint64_t executions;
  std::function<void()> body;
};

class ExploreCountTest : public ::testing::TestWithParam<ExploreCount> {
 protected:
  void Count();
};

void PrintTo(const ExploreCase& c, std::ostream* os);
void PrintTo(const ExploreCount& c, std::ostream* os);

struct RowName {
  template <typename Row>
  std::string operator()(const ::testing::TestParamInfo<Row>& info) const {
    return info.param.name;
  }
};

}  // namespace rt::testing

#endif  // TESTS_SUPPORT_EXPLORE_TEST_H_
