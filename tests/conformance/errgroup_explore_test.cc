// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// errgroup under the explorer: what Wait and a limit order, and who never comes
// back.

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "runtime/errgroup.h"
#include "runtime/explorer/explore.h"
#include "runtime/runtime.h"
#include "tests/support/explore_test.h"

namespace {

using ::rt::explorer::Verdict;
using ::rt::testing::RowName;

using Case = ::rt::testing::ExploreCase;
using ErrgroupExploreTest = ::rt::testing::ExploreTest;

TEST_P(ErrgroupExploreTest, IsJudged) { Judge(); }

// A parameter is what makes the difference between right and wrong.

void ReadTheResults(bool wait_first) {
  auto results = std::make_shared<std::vector<int>>(2);
  rt::errgroup::Group group;
  for (int i = 0; i < 2; ++i) {
    group.Go([=] {
      (*results)[i] = i;
      return absl::OkStatus();
    });
  }
  if (wait_first) {
    EXPECT_TRUE(group.Wait().ok());
  }
  int second = (*results)[1];
  EXPECT_TRUE(group.Wait().ok());
  if (wait_first) {
    EXPECT_EQ(second, 1);
  }
}

// One at a time is as good as a mutex.
void CountUnderALimit(int limit) {
  auto n = std::make_shared<int>(0);
  rt::errgroup::Group group;
  group.SetLimit(limit);
  for (int i = 0; i < 3; ++i) {
    group.Go([=] {
      ++*n;
      return absl::OkStatus();
    });
  }
  EXPECT_TRUE(group.Wait().ok());
  EXPECT_EQ(*n, 3);
}

// One fails before it sends; the other one waits for what it would have sent.
void WaitForWhoHasFailed(bool look_at_context) {
  auto [group, ctx] = rt::errgroup::WithContext(rt::Background());
  auto values = rt::MakeChan<int>();
  group.Go([] { return absl::AbortedError("no value"); });
  group.Go([=, ctx = ctx] {
    if (look_at_context) {
      rt::Select(rt::OnRecv(values), rt::OnRecv(ctx.Done()));
    } else {
      values.Recv();
    }
    return absl::OkStatus();
  });
  EXPECT_TRUE(absl::IsAborted(group.Wait()));
}

void TwoFail(bool know_which) {
  auto [group, ctx] = rt::errgroup::WithContext(rt::Background());
  group.Go([] { return absl::AbortedError("one"); });
  group.Go([] { return absl::UnavailableError("other"); });
  absl::Status first = group.Wait();
  EXPECT_EQ(rt::Cause(ctx), first);
  if (know_which) {
    EXPECT_TRUE(absl::IsAborted(first));
  }
}

// A function that starts another one takes two places.
void StartInside(int limit) {
  rt::errgroup::Group group;
  group.SetLimit(limit);
  group.Go([&] {
    group.Go([] { return absl::OkStatus(); });
    return absl::OkStatus();
  });
  EXPECT_TRUE(group.Wait().ok());
}

INSTANTIATE_TEST_SUITE_P(
    Pairs, ErrgroupExploreTest,
    testing::ValuesIn(std::vector<Case>{
        {"ReadAfterWait", Verdict::kPassed, [] { ReadTheResults(true); }},
        {"ReadBeforeWait", Verdict::kRace, [] { ReadTheResults(false); }},
        {"OneAtATime", Verdict::kPassed, [] { CountUnderALimit(1); }},
        {"TwoAtATime", Verdict::kRace, [] { CountUnderALimit(2); }},
        {"LookAtTheContext", Verdict::kPassed,
         [] { WaitForWhoHasFailed(true); }},
        {"ForgetTheContext", Verdict::kDeadlock,
         [] { WaitForWhoHasFailed(false); }},
        {"TheFirstError", Verdict::kPassed, [] { TwoFail(false); }},
        {"EitherError", Verdict::kWrong, [] { TwoFail(true); }},
        {"StartInside", Verdict::kPassed, [] { StartInside(2); }},
        {"StartInsideWithoutRoom", Verdict::kDeadlock, [] { StartInside(1); }},
    }),
    RowName());

}  // namespace
