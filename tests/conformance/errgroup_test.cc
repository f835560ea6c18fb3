// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// errgroup: which error stays, what it ends, and how many run at a time.

#include "runtime/errgroup.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using errgroup::Group;
using testing::YieldUntil;

absl::Status First() { return absl::AbortedError("the first"); }
absl::Status Second() { return absl::UnavailableError("the second"); }

using ErrgroupTest = testing::RuntimeTest;
RT_INSTANTIATE(ErrgroupTest);

TEST_P(ErrgroupTest, WaitReturnsTheFirstError) {
  struct Case {
    std::vector<absl::Status> returned;  // One after the other.
    absl::Status want;
  };
  Main([] {
    absl::Status ok;
    for (const Case& c :
         {Case{{}, ok}, Case{{ok}, ok}, Case{{ok, ok}, ok},
          Case{{First()}, First()}, Case{{ok, First(), ok}, First()},
          Case{{First(), Second()}, First()},
          Case{{ok, Second(), First()}, Second()}}) {
      Group group;
      group.SetLimit(1);
      for (const absl::Status& status : c.returned) {
        group.Go([status] { return status; });
      }
      EXPECT_EQ(group.Wait(), c.want);
      EXPECT_EQ(group.Wait(), c.want);
    }
  });
}

TEST_P(ErrgroupTest, TheFirstErrorEndsTheContext) {
  Main([] {
    auto [group, ctx] = errgroup::WithContext(Background());
    std::atomic<int> stopped{0};
    for (int i = 0; i < 10; ++i) {
      group.Go([&stopped, ctx = ctx] {
        ctx.Done().Recv();
        ++stopped;
        return ctx.Err();  // Too late to be the first.
      });
    }
    EXPECT_TRUE(ctx.Err().ok());
    group.Go([] { return First(); });
    EXPECT_EQ(group.Wait(), First());
    EXPECT_EQ(stopped, 10);
    EXPECT_TRUE(absl::IsCancelled(ctx.Err()));
    EXPECT_EQ(Cause(ctx), First());
  });
}

TEST_P(ErrgroupTest, WaitEndsTheContext) {
  Main([] {
    auto [group, ctx] = errgroup::WithContext(Background());
    group.Go([ctx = ctx] { return ctx.Err(); });
    EXPECT_EQ(group.Wait(), absl::OkStatus());
    EXPECT_TRUE(absl::IsCancelled(ctx.Err()));
    EXPECT_EQ(Cause(ctx), ctx.Err());
  });
}

TEST_P(ErrgroupTest, TheParentEndsTheContext) {
  Main([] {
    auto [parent, cancel] = WithCancelCause(Background());
    auto [group, ctx] = errgroup::WithContext(parent);
    group.Go([ctx = ctx] {
      ctx.Done().Recv();
      return Cause(ctx);
    });
    cancel(First());
    EXPECT_EQ(group.Wait(), First());
  });
}

TEST_P(ErrgroupTest, TheLimitHolds) {
  Main([] {
    for (int limit : {1, 2, 7}) {
      Group group;
      group.SetLimit(limit);
      std::atomic<int> running{0};
      std::atomic<int> most{0};
      for (int i = 0; i < 200; ++i) {
        group.Go([&] {
          int now = ++running;
          int before = most;
          while (before < now && !most.compare_exchange_weak(before, now)) {
          }
          YieldUntil([&] { return most >= std::min(limit, 2); });
          --running;
          return absl::OkStatus();
        });
      }
      EXPECT_EQ(group.Wait(), absl::OkStatus());
      EXPECT_LE(most, limit);
    }
  });
}

TEST_P(ErrgroupTest, GoWaitsForRoom) {
  Main([] {
    Group group;
    group.SetLimit(2);
    auto go_on = MakeChan<int>();
    auto wait = [=] {
      go_on.Recv();
      return absl::OkStatus();
    };
    group.Go(wait);
    EXPECT_TRUE(group.TryGo(wait));
    EXPECT_FALSE(group.TryGo(wait));
    std::atomic<bool> started{false};
    WaitGroup wg;
    wg.Go([&] {
      group.Go([&] {
        started = true;
        return absl::OkStatus();
      });
    });
    testing::WaitUntilBlocked(3);
    EXPECT_FALSE(started);
    go_on.Send(1);
    wg.Wait();
    go_on.Send(2);
    EXPECT_EQ(group.Wait(), absl::OkStatus());
    EXPECT_TRUE(started);
  });
}

TEST_P(ErrgroupTest, WithoutALimitTryGoAlwaysStarts) {
  Main([] {
    Group group;
    auto go_on = MakeChan<int>();
    for (int i = 0; i < 100; ++i) {
      EXPECT_TRUE(group.TryGo([=] {
        go_on.Recv();
        return absl::OkStatus();
      }));
    }
    go_on.Close();
    EXPECT_EQ(group.Wait(), absl::OkStatus());
  });
}

TEST_P(ErrgroupTest, WithALimitOfNothingNobodyStarts) {
  Main([] {
    Group group;
    group.SetLimit(0);
    EXPECT_FALSE(group.TryGo([] { return First(); }));
    EXPECT_EQ(group.Wait(), absl::OkStatus());
    group.SetLimit(-1);
    EXPECT_TRUE(group.TryGo([] { return First(); }));
    EXPECT_EQ(group.Wait(), First());
  });
}

TEST_P(ErrgroupTest, TheLimitStaysWhileFunctionsRun) {
  Main([] {
    Group group;
    group.SetLimit(3);
    auto go_on = MakeChan<int>();
    for (int i = 0; i < 2; ++i) {
      group.Go([=] {
        go_on.Recv();
        return absl::OkStatus();
      });
    }
    std::string text;
    try {
      group.SetLimit(4);
    } catch (const Panic& panic) {
      text = panic.what();
    }
    EXPECT_EQ(text,
              "errgroup: modify limit while 2 goroutines in the group are "
              "still active");
    go_on.Close();
    EXPECT_EQ(group.Wait(), absl::OkStatus());
    group.SetLimit(4);
  });
}

TEST_P(ErrgroupTest, GoexitMakesRoom) {
  Main([] {
    Group group;
    group.SetLimit(1);
    for (int i = 0; i < 3; ++i) {
      group.Go([]() -> absl::Status { Goexit(); });
    }
    group.Go([] { return First(); });
    EXPECT_EQ(group.Wait(), First());
  });
}

TEST_P(ErrgroupTest, WhatAFunctionHoldsIsGoneAfterWait) {
  Main([] {
    for (int round = 0; round < 100; ++round) {
      auto held = std::make_unique<int>(7);
      int* seen = held.get();
      auto shared = std::make_shared<int>(1);
      std::weak_ptr<int> gone = shared;
      // A group that lives on its own may go as soon as Wait is over.
      auto group = std::make_unique<Group>();
      group->SetLimit(1);
      group->Go([seen, held = std::move(held), shared = std::move(shared)] {
        EXPECT_EQ(*seen, 7);
        return First();
      });
      EXPECT_EQ(group->Wait(), First());
      group.reset();
      EXPECT_TRUE(gone.expired());
    }
  });
}

TEST_P(ErrgroupTest, ManyFail) {
  Main([] {
    for (int round = 0; round < 50; ++round) {
      auto [group, ctx] = errgroup::WithContext(Background());
      std::vector<absl::Status> errors;
      for (int i = 0; i < 20; ++i) {
        errors.push_back(absl::AbortedError(std::to_string(i)));
      }
      for (const absl::Status& error : errors) {
        group.Go([&error] { return error; });
      }
      absl::Status got = group.Wait();
      EXPECT_EQ(std::count(errors.begin(), errors.end(), got), 1);
      EXPECT_EQ(Cause(ctx), got);
    }
  });
}

// It does not wait for Wait, which would never come.
void PanicWhileMainIsStuck() {
  Run([] {
    Group group;
    group.Go([]() -> absl::Status { throw Panic("boom"); });
    group.Go([]() -> absl::Status {
      MakeChan<int>().Recv();
      return absl::OkStatus();
    });
    static_cast<void>(group.Wait());
  });
}

TEST(ErrgroupPanicTest, EndsTheProgram) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(PanicWhileMainIsStuck(), ::testing::ExitedWithCode(2),
              "panic: boom");
}

}  // namespace
}  // namespace rt
