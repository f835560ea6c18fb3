// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Grades exercises/01_intro/first_answer.
//
// A goroutine that stays behind for ever is found by the explorer in every one
// of these checks. What a server notes lives on the heap, shared by the server
// and the check.

#include <atomic>
#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "exercises/01_intro/first_answer/exercise.h"
#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/runtime.h"

namespace {

using ::rt::explorer::Check;

constexpr absl::Duration kQuick = absl::Milliseconds(10);
constexpr absl::Duration kSlow = absl::Milliseconds(100);

Server ServerWith(int answer) {
  return [answer] { return answer; };
}

Server ServerWith(int answer, absl::Duration needs) {
  return [answer, needs] {
    rt::Sleep(needs);
    return answer;
  };
}

TEST(FirstAnswer, ReturnsTheAnswerOfTheQuickServer) {
  Check([] {
    EXPECT_EQ(FirstAnswer({ServerWith(1, kSlow), ServerWith(2, kQuick)}), 2);
  });
  Check([] {
    EXPECT_EQ(FirstAnswer({ServerWith(1, kQuick), ServerWith(2, kSlow)}), 1);
  });
}

TEST(FirstAnswer, OneServerIsEnough) {
  Check([] { EXPECT_EQ(FirstAnswer({ServerWith(5)}), 5); });
}

TEST(FirstAnswer, EitherOfTwoEquallyQuickServersMayWin) {
  Check([] {
    const int answer = FirstAnswer({ServerWith(1), ServerWith(2)});
    EXPECT_TRUE(answer == 1 || answer == 2) << "the answer was " << answer;
  });
}

TEST(FirstAnswer, ThreeServersMayAnswerAtOnce) {
  Check([] {
    const int answer =
        FirstAnswer({ServerWith(1), ServerWith(2), ServerWith(3)});
    EXPECT_TRUE(answer >= 1 && answer <= 3) << "the answer was " << answer;
  });
}

}  // namespace
