// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Grades exercises/01_intro/vote_count.
//
// What a box notes lives on the heap, shared by the box and the check: a wrong
// answer returns while its counters still run.

#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "exercises/01_intro/vote_count/exercise.h"
#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/runtime.h"

namespace {

using ::rt::explorer::Check;

BallotBox BoxWith(int votes) {
  return [votes] { return votes; };
}

TEST(VoteCount, AddsUpTwoBoxes) {
  Check([] { EXPECT_EQ(CountVotes({BoxWith(30), BoxWith(12)}), 42); });
}

TEST(VoteCount, AddsUpThreeBoxes) {
  Check([] {
    EXPECT_EQ(CountVotes({BoxWith(1), BoxWith(20), BoxWith(300)}), 321);
  });
}

TEST(VoteCount, OneBoxIsCountedToo) {
  Check([] { EXPECT_EQ(CountVotes({BoxWith(7)}), 7); });
}

TEST(VoteCount, NoBoxesNoVotes) {
  Check([] { EXPECT_EQ(CountVotes({}), 0); });
}

TEST(VoteCount, ASecondCountStartsFromZero) {
  Check([] {
    EXPECT_EQ(CountVotes({BoxWith(5)}), 5);
    EXPECT_EQ(CountVotes({BoxWith(6)}), 6);
  });
}

TEST(VoteCount, EveryBoxIsCountedOnce) {
  Check([] {
    struct Counted {
      int first = 0;
      int second = 0;
    };
    auto counted = std::make_shared<Counted>();

    CountVotes({[counted] { return ++counted->first; },
                [counted] { return ++counted->second; }});

    EXPECT_EQ(counted->first, 1) << "how often the first box was counted";
    EXPECT_EQ(counted->second, 1) << "how often the second box was counted";
  });
}

}  // namespace
