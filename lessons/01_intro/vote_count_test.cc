// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Grades exercises/01_intro/vote_count.
//
// What a box notes is static: a wrong answer returns while its counters still
// run, and a shared_ptr's count would order what the answer has left unordered.

#include <algorithm>
#include <array>
#include <vector>

#include "absl/time/time.h"
#include "exercises/01_intro/vote_count/exercise.h"
#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/runtime.h"

namespace {

using ::rt::explorer::Check;
using ::rt::explorer::Refuse;
using ::rt::explorer::Verdict;

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
  static int first;
  static int second;
  Check([] {
    first = 0;
    second = 0;

    CountVotes({[] { return ++first; }, [] { return ++second; }});

    EXPECT_EQ(first, 1) << "how often the first box was counted";
    EXPECT_EQ(second, 1) << "how often the second box was counted";
  });
}

TEST(VoteCount, AllBoxesAreCountedAtTheSameTime) {
  struct Span {
    absl::Time begin;
    absl::Time end;
  };
  static std::array<Span, 3> spans;
  Check([] {
    std::vector<BallotBox> boxes;
    for (Span& span : spans) {
      boxes.push_back([&span] {
        span.begin = rt::Now();
        rt::Sleep(absl::Milliseconds(10));
        span.end = rt::Now();
        return 1;
      });
    }

    CountVotes(boxes);

    absl::Time last_begin = absl::InfinitePast();
    absl::Time first_end = absl::InfiniteFuture();
    for (const Span& span : spans) {
      last_begin = std::max(last_begin, span.begin);
      first_end = std::min(first_end, span.end);
    }
    if (first_end <= last_begin) {
      Refuse(Verdict::kSerial,
             "a box was begun when another was done already; all three can be "
             "counted at the same time");
    }
  });
}

}  // namespace
