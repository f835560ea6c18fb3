// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Grades exercises/01_intro/breakfast.
//
// What a job writes lives on the heap, shared by the job and the check: a wrong
// answer returns while its jobs still run.

#include <atomic>
#include <memory>

#include "absl/time/time.h"
#include "exercises/01_intro/breakfast/exercise.h"
#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/runtime.h"

namespace {

using ::rt::explorer::Check;
using ::rt::explorer::Refuse;
using ::rt::explorer::Verdict;

// The counters order nothing: an answer must not pass thanks to the grader.
TEST(Breakfast, EachJobIsDoneOnceWhenItReturns) {
  Check([] {
    auto coffees = std::make_shared<std::atomic<int>>(0);
    auto toasts = std::make_shared<std::atomic<int>>(0);

    MakeBreakfast(
        [coffees] { coffees->fetch_add(1, std::memory_order_relaxed); },
        [toasts] { toasts->fetch_add(1, std::memory_order_relaxed); });

    EXPECT_EQ(coffees->load(std::memory_order_relaxed), 1)
        << "how often the coffee was made when MakeBreakfast returned";
    EXPECT_EQ(toasts->load(std::memory_order_relaxed), 1)
        << "how often the toast was made when MakeBreakfast returned";
  });
}

TEST(Breakfast, WhatTheJobsWroteMayBeRead) {
  Check([] {
    struct Table {
      int cups = 0;
      int slices = 0;
    };
    auto table = std::make_shared<Table>();

    MakeBreakfast([table] { table->cups = 2; }, [table] { table->slices = 4; });

    EXPECT_EQ(table->cups, 2);
    EXPECT_EQ(table->slices, 4);
  });
}

TEST(Breakfast, SlowCoffeeAndSlowToastAreWaitedFor) {
  for (int slow : {0, 1}) {
    Check([slow] {
      auto ready = std::make_shared<std::atomic<int>>(0);
      auto job = [ready](absl::Duration needs) {
        return [ready, needs] {
          rt::Sleep(needs);
          ready->fetch_add(1, std::memory_order_relaxed);
        };
      };

      MakeBreakfast(job(absl::Milliseconds(slow == 0 ? 20 : 10)),
                    job(absl::Milliseconds(slow == 0 ? 10 : 20)));

      EXPECT_EQ(ready->load(std::memory_order_relaxed), 2)
          << "jobs that were done when MakeBreakfast returned";
    });
  }
}

TEST(Breakfast, CoffeeAndToastAreMadeAtTheSameTime) {
  Check([] {
    struct Span {
      absl::Time begin;
      absl::Time end;
    };
    auto coffee = std::make_shared<Span>();
    auto toast = std::make_shared<Span>();
    auto job = [](std::shared_ptr<Span> span) {
      return [span] {
        span->begin = rt::Now();
        rt::Sleep(absl::Milliseconds(10));
        span->end = rt::Now();
      };
    };

    MakeBreakfast(job(coffee), job(toast));

    if (coffee->end <= toast->begin || toast->end <= coffee->begin) {
      Refuse(Verdict::kSerial,
             "one job began when the other was done; neither needs the other");
    }
  });
}

}  // namespace
