// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include <atomic>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "gtest/gtest.h"
#include "runtime/once.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using testing::WaitUntilBlocked;

using OnceTest = testing::RuntimeTest;
RT_INSTANTIATE(OnceTest);

static_assert(!std::is_copy_constructible_v<Once>);

TEST_P(OnceTest, DoesItOnceAndAllSeeIt) {
  Main([] {
    for (int round = 0; round < 50; ++round) {
      Once once;
      int done = 0;  // Plain: a missing order is a race to ThreadSanitizer.
      WaitGroup wg;
      for (int i = 0; i < 10; ++i) {
        wg.Go([&] {
          once.Do([&] { ++done; });
          EXPECT_EQ(done, 1);
        });
      }
      wg.Wait();
    }
  });
}

TEST_P(OnceTest, DoReturnsWhenItIsDone) {
  Main([] {
    Once once;
    bool done = false;
    auto go_on = MakeChan<bool>();
    WaitGroup wg;
    for (int i = 0; i < 4; ++i) {
      wg.Go([&] {
        once.Do([&] {
          go_on.Recv();
          done = true;
        });
        EXPECT_TRUE(done);
      });
    }
    WaitUntilBlocked(4);  // One in its function, three behind it.
    go_on.Send(true);
    wg.Wait();
  });
}

TEST_P(OnceTest, APanicCountsAsDone) {
  Main([] {
    Once once;
    EXPECT_THROW(once.Do([] { throw Panic("on purpose"); }), Panic);
    once.Do([] { FAIL() << "done twice"; });
  });
}

TEST_P(OnceTest, APanicLetsThoseThatWaitGoOn) {
  Main([] {
    Once once;
    auto go_on = MakeChan<bool>();
    WaitGroup wg;
    wg.Go([&] {
      EXPECT_THROW(once.Do([&] {
        go_on.Recv();
        throw Panic("on purpose");
      }),
                   Panic);
    });
    WaitUntilBlocked(1);
    wg.Go([&] { once.Do([] { FAIL() << "done twice"; }); });
    WaitUntilBlocked(2);
    go_on.Send(true);
    wg.Wait();
  });
}

TEST_P(OnceTest, MayBeDestroyedByWhoFindsItDone) {
  Main([] {
    for (int i = 0; i < 500; ++i) {
      auto once = std::make_unique<Once>();
      std::atomic<bool> begun{false};
      WaitGroup wg;
      wg.Go([&begun, o = once.get()] { o->Do([&] { begun = true; }); });
      testing::YieldUntil([&] { return begun.load(); });
      once->Do([] {});
      // Its Do is as good as over, too: it does not touch the Once any more.
      once.reset();
      wg.Wait();
    }
  });
}

TEST_P(OnceTest, OnceFuncRunsOnceForAllCopies) {
  Main([] {
    int runs = 0;
    std::function<void()> f = OnceFunc([&] { ++runs; });
    std::function<void()> copy = f;
    EXPECT_EQ(runs, 0);
    WaitGroup wg;
    for (int i = 0; i < 10; ++i) wg.Go(i % 2 == 0 ? f : copy);
    wg.Wait();
    EXPECT_EQ(runs, 1);
  });
}

TEST_P(OnceTest, OnceValueReturnsTheSameValueToAll) {
  Main([] {
    int runs = 0;
    auto f = OnceValue([&] { return "value " + std::to_string(++runs); });
    WaitGroup wg;
    for (int i = 0; i < 10; ++i) {
      wg.Go([=] { EXPECT_EQ(f(), "value 1"); });
    }
    wg.Wait();
  });
}

TEST_P(OnceTest, OnceValuesReturnsSeveral) {
  Main([] {
    auto f = OnceValues([] { return std::pair(7, std::string("seven")); });
    for (int i = 0; i < 2; ++i) {
      auto [number, name] = f();
      EXPECT_EQ(number, 7);
      EXPECT_EQ(name, "seven");
    }
  });
}

template <typename F>
std::string TextOfPanic(F& f) {
  try {
    static_cast<void>(f());
  } catch (const Panic& panic) {
    return panic.what();
  }
  return "no panic";
}

TEST_P(OnceTest, EveryCallThrowsWhatTheFunctionThrew) {
  Main([] {
    int runs = 0;
    auto f = OnceFunc([&] {
      ++runs;
      throw Panic("no table");
    });
    auto v = OnceValue([&]() -> int {
      ++runs;
      throw Panic("no value");
    });
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(TextOfPanic(f), "no table");
      EXPECT_EQ(TextOfPanic(v), "no value");
    }
    EXPECT_EQ(runs, 2);
    auto other = OnceFunc([] { throw std::runtime_error("of any type"); });
    EXPECT_THROW(other(), std::runtime_error);
    EXPECT_THROW(other(), std::runtime_error);
  });
}

TEST_P(OnceTest, AFunctionThatEndsItsGoroutineCountsAsDone) {
  Main([] {
    Once once;
    auto f = OnceValue([]() -> int { Goexit(); });
    WaitGroup wg;
    wg.Go([&] { once.Do([] { Goexit(); }); });
    wg.Go([=] { f(); });
    wg.Wait();
    once.Do([] { FAIL() << "done twice"; });
    EXPECT_EQ(TextOfPanic(f),
              "the function of a OnceFunc or OnceValue did not return");
  });
}

TEST_P(OnceTest, WhatTheFunctionHoldsIsDestroyedAfterTheCall) {
  Main([] {
    auto held = std::make_shared<int>(1);
    auto f = OnceFunc([held] { EXPECT_EQ(*held, 1); });
    auto g = OnceValue([held] { return *held; });
    EXPECT_EQ(held.use_count(), 3);
    f();
    EXPECT_EQ(g(), 1);
    EXPECT_EQ(held.use_count(), 1);
  });
}

TEST_P(OnceTest, OnceValueTakesAFunctionThatCanOnlyBeMoved) {
  Main([] {
    auto f = OnceValue([n = std::make_unique<int>(3)] { return *n; });
    EXPECT_EQ(f(), 3);
    EXPECT_EQ(f(), 3);
  });
}

}  // namespace
}  // namespace rt
