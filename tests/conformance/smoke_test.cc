// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The example of the design document, through the umbrella header.

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/runtime.h"

namespace {

TEST(SmokeTest, ResultsOfThreeGoroutines) {
  std::vector<int> seen;
  int status = rt::Run([&] {
    auto results = rt::MakeChan<int>(3);
    rt::WaitGroup wg;
    for (int i = 0; i < 3; ++i) wg.Go([=] { results.Send(i * i); });
    wg.Wait();
    results.Close();
    for (int r : results) seen.push_back(r);
  });
  EXPECT_EQ(status, 0);
  EXPECT_THAT(seen, testing::UnorderedElementsAre(0, 1, 4));
}

}  // namespace
