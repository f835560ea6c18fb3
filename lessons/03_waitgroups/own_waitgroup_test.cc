// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Grades exercises/03_waitgroups/own_waitgroup.
//
// A Done may go on for a moment after the Wait that it released; the checks
// keep the group until the goroutines have ended.

#include <atomic>

#include "absl/time/time.h"
#include "exercises/03_waitgroups/own_waitgroup/exercise.h"
#include "gtest/gtest.h"
#include "runtime/explorer/check.h"

namespace {

using ::rt::explorer::Check;
using ::rt::explorer::ExpectNoDelay;
using ::rt::explorer::Options;

// Who waits sleeps: nobody polls, and a few dozen operations are enough.
Options NoPolling() {
  Options options;
  options.refuse_polling = true;
  options.max_steps = 200;
  return options;
}

// Goroutines, and a join that is not the one under test.
class Goroutines {
 public:
  template <typename F>
  void Go(F f) {
    ++started_;
    rt::Go([f, ended = ended_]() mutable {
      f();
      ended.Send(0);
    });
  }
  void LetAllEnd() {
    for (; started_ > 0; --started_) ended_.Recv();
  }

 private:
  int started_ = 0;
  rt::Chan<int> ended_ = rt::MakeChan<int>(3);
};

TEST(OwnWaitGroup, WaitReturnsWhenAllAreDone) {
  Check(NoPolling(), [] {
    Group group;
    Goroutines goroutines;
    std::atomic<int> ended = 0;  // Relaxed: orders nothing for the answer.
    group.Add(2);
    for (int i = 0; i < 2; ++i) {
      goroutines.Go([&] {
        ended.fetch_add(1, std::memory_order_relaxed);
        group.Done();
      });
    }

    group.Wait();

    EXPECT_EQ(ended.load(std::memory_order_relaxed), 2)
        << "goroutines that were done when Wait returned";
    goroutines.LetAllEnd();
  });
}

TEST(OwnWaitGroup, WaitSleepsAndWakesUpAtOnce) {
  Check(NoPolling(), [] {
    Group group;
    Goroutines goroutines;
    const absl::Duration work = absl::Microseconds(1'234'567);
    const absl::Time start = rt::Now();
    group.Add(1);
    goroutines.Go([&] {
      rt::Sleep(work);
      group.Done();
    });

    group.Wait();

    EXPECT_GE(rt::Now() - start, work) << "Wait returned too early";
    ExpectNoDelay(rt::Now() - start - work,
                  "Wait returned some time after the last Done");
    goroutines.LetAllEnd();
  });
}

TEST(OwnWaitGroup, WithNothingToWaitForWaitReturns) {
  Check(NoPolling(), [] {
    Group group;
    group.Wait();
    group.Add(1);
    group.Done();
    group.Wait();
    group.Wait();
  });
}

TEST(OwnWaitGroup, WhatWasWrittenBeforeDoneMayBeRead) {
  Check(NoPolling(), [] {
    Group group;
    Goroutines goroutines;
    int results[2] = {0, 0};
    for (int i = 0; i < 2; ++i) {
      group.Add(1);
      goroutines.Go([&, i] {
        results[i] = i + 1;
        group.Done();
      });
    }

    group.Wait();

    EXPECT_EQ(results[0], 1);
    EXPECT_EQ(results[1], 2);
    goroutines.LetAllEnd();
  });
}

TEST(OwnWaitGroup, AllWhoWaitWakeUp) {
  Check(NoPolling(), [] {
    Group group;
    Goroutines goroutines;
    group.Add(1);
    const auto awake = rt::MakeChan<int>(1);
    goroutines.Go([&group, awake] {
      group.Wait();
      awake.Send(1);
    });
    goroutines.Go([&group] { group.Done(); });

    group.Wait();
    awake.Recv();
    goroutines.LetAllEnd();
  });
}

TEST(OwnWaitGroup, BelowZeroIsAPanic) {
  Check(NoPolling(), [] {
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
  Check(NoPolling(), [] {
    Group group;
    Goroutines goroutines;
    bool done = false;
    group.Add(3);
    group.Add(-2);
    group.Add(0);
    goroutines.Go([&] {
      done = true;
      group.Add(-1);
    });

    group.Wait();

    EXPECT_TRUE(done) << "Wait returned before the last Add(-1)";
    goroutines.LetAllEnd();
  });
}

TEST(OwnWaitGroup, CanBeUsedForAnotherRound) {
  Check(NoPolling(), [] {
    Group group;
    Goroutines goroutines;
    int rounds = 0;
    for (int round = 1; round <= 2; ++round) {
      group.Add(1);
      goroutines.Go([&] {
        ++rounds;
        group.Done();
      });
      group.Wait();
      EXPECT_EQ(rounds, round) << "rounds that were over when Wait returned";
    }
    goroutines.LetAllEnd();
  });
}

}  // namespace
