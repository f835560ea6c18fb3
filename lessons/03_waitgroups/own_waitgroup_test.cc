// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Grades exercises/03_waitgroups/own_waitgroup.
//
// A Done may go on for a moment after the Wait that it released; the checks
// keep the group until then.

#include <atomic>

#include "absl/time/time.h"
#include "exercises/03_waitgroups/own_waitgroup/exercise.h"
#include "gtest/gtest.h"
#include "runtime/explorer/check.h"

namespace {

using ::rt::explorer::Check;
using ::rt::explorer::ExpectNoDelay;
using ::rt::explorer::Options;

// Virtual time passes when nobody else can run any more.
void LetAllEnd() { rt::Sleep(absl::Hours(1)); }

TEST(OwnWaitGroup, WaitReturnsWhenAllAreDone) {
  Check([] {
    Group group;
    std::atomic<int> ended = 0;  // Relaxed: orders nothing for the answer.
    group.Add(2);
    for (int i = 0; i < 2; ++i) {
      rt::Go([&] {
        ended.fetch_add(1, std::memory_order_relaxed);
        group.Done();
      });
    }

    group.Wait();

    EXPECT_EQ(ended.load(std::memory_order_relaxed), 2)
        << "goroutines that were done when Wait returned";
    LetAllEnd();
  });
}

TEST(OwnWaitGroup, WithNothingToWaitForWaitReturns) {
  Check([] {
    Group group;
    group.Wait();
    group.Add(1);
    group.Done();
    group.Wait();
    group.Wait();
  });
}

TEST(OwnWaitGroup, WhatWasWrittenBeforeDoneMayBeRead) {
  Check([] {
    Group group;
    int results[2] = {0, 0};
    for (int i = 0; i < 2; ++i) {
      group.Add(1);
      rt::Go([&, i] {
        results[i] = i + 1;
        group.Done();
      });
    }

    group.Wait();

    EXPECT_EQ(results[0], 1);
    EXPECT_EQ(results[1], 2);
    LetAllEnd();
  });
}

TEST(OwnWaitGroup, AllWhoWaitWakeUp) {
  Check([] {
    Group group;
    group.Add(1);
    const auto awake = rt::MakeChan<int>(1);
    rt::Go([&group, awake] {
      group.Wait();
      awake.Send(1);
    });
    rt::Go([&group] { group.Done(); });

    group.Wait();
    awake.Recv();
    LetAllEnd();
  });
}

TEST(OwnWaitGroup, BelowZeroIsAPanic) {
  Check([] {
    Group group;
    group.Add(1);
    group.Done();
    try {
      group.Done();
      ADD_FAILURE() << "one Done too many was not refused";
    } catch (const rt::Panic& panic) {
      EXPECT_STREQ(panic.what(), "sync: negative WaitGroup counter");
    }
  });
}

TEST(OwnWaitGroup, AddCountsInAnySteps) {
  Check([] {
    Group group;
    bool done = false;
    group.Add(3);
    group.Add(-2);
    group.Add(0);
    rt::Go([&] {
      done = true;
      group.Add(-1);
    });

    group.Wait();

    EXPECT_TRUE(done) << "Wait returned before the last Add(-1)";
    LetAllEnd();
  });
}

TEST(OwnWaitGroup, CanBeUsedForAnotherRound) {
  Check([] {
    Group group;
    int rounds = 0;
    for (int round = 1; round <= 2; ++round) {
      group.Add(1);
      rt::Go([&] {
        ++rounds;
        group.Done();
      });
      group.Wait();
      EXPECT_EQ(rounds, round) << "rounds that were over when Wait returned";
    }
    LetAllEnd();
  });
}

TEST(OwnWaitGroup, WaitSleepsAndWakesUpAtOnce) {
  Options options;
  options.refuse_polling = true;
  Check(options, [] {
    Group group;
    const absl::Duration work = absl::Microseconds(1'234'567);
    const absl::Time start = rt::Now();
    group.Add(1);
    rt::Go([&] {
      rt::Sleep(work);
      group.Done();
    });

    group.Wait();

    EXPECT_GE(rt::Now() - start, work) << "Wait returned too early";
    ExpectNoDelay(rt::Now() - start - work,
                  "Wait returned some time after the last Done");
    LetAllEnd();
  });
}

}  // namespace
