// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Grades exercises/01_intro/breakfast.
//
// What a job writes is static: a wrong answer returns while its jobs still run,
// and a shared_ptr's count would order what the answer has left unordered.

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

// Relaxed, for the same reason.
constexpr auto kUnordered = std::memory_order_relaxed;

TEST(Breakfast, EachJobIsDoneOnceWhenItReturns) {
  struct Kitchen {
    std::atomic<int> coffees = 0;
    std::atomic<int> toasts = 0;
  };
  static std::unique_ptr<Kitchen> kitchen;
  Check(
      [] {
        kitchen = std::make_unique<Kitchen>();

        MakeBreakfast([] { kitchen->coffees.fetch_add(1, kUnordered); },
                      [] { kitchen->toasts.fetch_add(1, kUnordered); });

        const int coffees = kitchen->coffees.load(kUnordered);
        EXPECT_EQ(coffees, 1)
            << "how often the coffee was made when MakeBreakfast returned";
        const int toasts = kitchen->toasts.load(kUnordered);
        EXPECT_EQ(toasts, 1)
            << "how often the toast was made when MakeBreakfast returned";
      });
}

TEST(Breakfast, WhatTheJobsWroteMayBeRead) {
  static int cups;
  static int slices;
  Check([] {
    cups = 0;
    slices = 0;

    MakeBreakfast([] { cups = 2; }, [] { slices = 4; });

    EXPECT_EQ(cups, 2);
    EXPECT_EQ(slices, 4);
  });
}

TEST(Breakfast, TheSlowerJobIsWaitedFor) {
  static std::unique_ptr<std::atomic<int>> done;
  static absl::Duration coffee_needs;
  static absl::Duration toast_needs;
  const auto body = [] {
    done = std::make_unique<std::atomic<int>>(0);

    MakeBreakfast(
        [] {
          rt::Sleep(coffee_needs);
          done->fetch_add(1, kUnordered);
        },
        [] {
          rt::Sleep(toast_needs);
          done->fetch_add(1, kUnordered);
        });

    const int jobs_done = done->load(kUnordered);
    EXPECT_EQ(jobs_done, 2) << "when MakeBreakfast returned";
  };
  coffee_needs = absl::Milliseconds(10);
  toast_needs = absl::Milliseconds(20);
  Check(body);
  coffee_needs = absl::Milliseconds(20);
  toast_needs = absl::Milliseconds(10);
  Check(body);
}

TEST(Breakfast, CoffeeAndToastAreMadeAtTheSameTime) {
  struct Span {
    absl::Time begin;
    absl::Time end;
  };
  static Span coffee;
  static Span toast;
  Check([] {
    const auto work = [](Span* span) {
      span->begin = rt::Now();
      rt::Sleep(absl::Milliseconds(10));
      span->end = rt::Now();
    };

    MakeBreakfast([work] { work(&coffee); }, [work] { work(&toast); });

    if (coffee.end <= toast.begin || toast.end <= coffee.begin) {
      Refuse(Verdict::kSerial,
             "one job began when the other was done; neither needs the other");
    }
  });
}

}  // namespace
