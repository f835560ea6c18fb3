// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Grades exercises/03_waitgroups/launch_sequence.
//
// Counters are relaxed, because an answer must not be ordered by the grader.

#include <atomic>
#include <vector>

#include "absl/time/time.h"
#include "exercises/03_waitgroups/launch_sequence/exercise.h"
#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/runtime.h"

namespace {

using ::rt::explorer::Check;
using ::rt::explorer::ExpectOverlap;
using ::rt::explorer::Options;

constexpr absl::Duration kShort = absl::Milliseconds(10);
constexpr absl::Duration kLong = absl::Milliseconds(30);

Step Sleeping(absl::Duration time) {
  return [time] { rt::Sleep(time); };
}

// Answers take a few dozen operations. One that polls for ever is refused
// before it has kept the learner waiting.
Options Limits() {
  Options options;
  options.max_steps = 300;
  options.max_executions = 5'000;
  return options;
}

TEST(LaunchSequence, AStageBeginsWhenTheOneBeforeItIsOver) {
  Check(Limits(), [] {
    std::atomic<int> ended = 0;
    const Step fuel = [&] { ended.fetch_add(1, std::memory_order_relaxed); };
    const Step engine = [&] {
      EXPECT_EQ(ended.load(std::memory_order_relaxed), 2)
          << "steps of stage 1 that had ended when stage 2 began";
    };
    const std::vector<Stage> stages = {{fuel, fuel}, {engine}};

    Launch(stages);
  });
}

TEST(LaunchSequence, TheSlowestStepOfAStageIsWaitedFor) {
  for (size_t slow : {0, 1}) {
    Check(Limits(), [slow] {
      std::atomic<bool> over = false;
      std::vector<Stage> stages = {
          {[] {}, [] {}}, {[&] {
            EXPECT_TRUE(over.load(std::memory_order_relaxed))
                << "stage 1 was not over yet";
          }}};
      stages[0][slow] = [&] {
        rt::Sleep(absl::Hours(1000));
        over.store(true, std::memory_order_relaxed);
      };

      Launch(stages);
    });
  }
}

TEST(LaunchSequence, TheLastStageIsWaitedFor) {
  Check(Limits(), [] {
    std::atomic<bool> over = false;
    const std::vector<Stage> stages = {{[] {}}, {[&] {
                                         rt::Sleep(absl::Hours(1000));
                                         over.store(true,
                                                    std::memory_order_relaxed);
                                       }}};

    Launch(stages);

    EXPECT_TRUE(over.load(std::memory_order_relaxed))
        << "Launch returned before the last stage was over";
  });
}

TEST(LaunchSequence, EveryStepRunsOnceAndItsResultMayBeUsed) {
  Check(Limits(), [] {
    // Each step writes its own variable; the second stage uses the first's.
    int fuel = 0, oxygen = 0, thrust = 0;
    const std::vector<Stage> stages = {
        {[&] { fuel += 3; }, [&] { oxygen += 4; }},
        {[&] { thrust += fuel * oxygen; }}};

    Launch(stages);

    EXPECT_EQ(fuel, 3);
    EXPECT_EQ(oxygen, 4);
    EXPECT_EQ(thrust, 12);
  });
}

TEST(LaunchSequence, TheStepsOfAStageOverlap) {
  Check(Limits(), [] {
    const absl::Time start = rt::Now();
    const std::vector<Stage> stages = {{Sleeping(kLong), Sleeping(kShort)},
                                       {Sleeping(kShort), Sleeping(kShort)}};

    Launch(stages);

    ExpectOverlap(rt::Now() - start, kLong + kShort, kLong + 3 * kShort,
                  "a stage of 30 ms and one of 10 ms");
  });
}

TEST(LaunchSequence, StagesMayBeEmpty) {
  Check(Limits(), [] {
    int steps = 0;
    const Step step = [&] { ++steps; };
    const std::vector<Stage> stages = {{}, {step}, {}, {step}, {}};

    Launch(stages);

    EXPECT_EQ(steps, 2) << "steps that ran";
  });
}

TEST(LaunchSequence, NoStages) {
  Check(Limits(), [] { Launch({}); });
}

}  // namespace
