// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "gtest/gtest.h"
#include "runtime/runtime.h"
#include "runtime/waitgroup.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using testing::WaitUntilBlocked;

using WaitGroupTest = testing::RuntimeTest;
RT_INSTANTIATE(WaitGroupTest);

TEST_P(WaitGroupTest, WaitReturnsAtOnceWhenNothingWasAdded) {
  Main([] {
    WaitGroup wg;
    wg.Wait();
  });
}

TEST_P(WaitGroupTest, WaitComesAfterTheLastDone) {
  Main([] {
    WaitGroup wg;
    // Plain ints: a missing happens-before is a data race to ThreadSanitizer.
    int results[20] = {};
    wg.Add(20);
    for (int i = 0; i < 20; ++i) {
      Go([&, i] {
        if (i % 3 == 0) Gosched();
        results[i] = i;
        wg.Done();
      });
    }
    wg.Wait();
    for (int i = 0; i < 20; ++i) EXPECT_EQ(results[i], i);
  });
}

TEST_P(WaitGroupTest, WaitBlocksUntilZero) {
  Main([] {
    WaitGroup wg;
    wg.Add(2);
    std::atomic<bool> released{false};
    Go([&] {
      wg.Wait();
      released = true;
    });
    WaitUntilBlocked(1);
    wg.Done();
    for (int i = 0; i < 100; ++i) Gosched();
    EXPECT_FALSE(released);
    wg.Done();
    testing::YieldUntil([&] { return released.load(); });
  });
}

TEST_P(WaitGroupTest, ReleasesEveryWaiter) {
  Main([] {
    WaitGroup wg;
    wg.Add(1);
    auto released = MakeChan<bool>(5);
    for (int i = 0; i < 5; ++i) {
      Go([&, released] {
        wg.Wait();
        released.Send(true);
      });
    }
    WaitUntilBlocked(5);
    wg.Done();
    for (int i = 0; i < 5; ++i) released.Recv();
    // wg lives until all of them are back.
  });
}

TEST_P(WaitGroupTest, MayBeUsedAgain) {
  Main([] {
    WaitGroup wg;
    int rounds = 0;
    for (int i = 0; i < 200; ++i) {
      std::atomic<int> done{0};
      for (int k = 0; k < 3; ++k) wg.Go([&] { ++done; });
      wg.Wait();
      if (done == 3) ++rounds;
    }
    EXPECT_EQ(rounds, 200);
  });
}

TEST_P(WaitGroupTest, GoDestroysItsFunctionBeforeDone) {
  Main([] {
    auto shared = std::make_shared<int>(1);
    WaitGroup wg;
    wg.Go([shared] { Gosched(); });
    wg.Wait();
    EXPECT_EQ(shared.use_count(), 1);
  });
}

TEST_P(WaitGroupTest, MayBeDestroyedWhenWaitReturns) {
  Main([] {
    for (int i = 0; i < 500; ++i) {
      auto wg = std::make_unique<WaitGroup>();
      wg->Add(1);
      Go([w = wg.get()] { w->Done(); });
      wg->Wait();
    }
  });
}

TEST_P(WaitGroupTest, DoneFromAPlainThreadIsNoDeadlock) {
  Main([] {
    WaitGroup wg;
    wg.Add(1);
    std::thread thread([&] {
      // All asleep: no deadlock, as long as this thread lives.
      testing::WaitUntilSchedulerSleeps();
      wg.Done();
    });
    wg.Wait();
    thread.join();
  });
}

TEST_P(WaitGroupTest, NegativeCounterPanics) {
  Main([] {
    WaitGroup wg;
    wg.Add(1);
    wg.Done();
    try {
      wg.Done();
      FAIL() << "no panic";
    } catch (const Panic& panic) {
      EXPECT_STREQ(panic.what(), "sync: negative WaitGroup counter");
    }
  });
}

TEST_P(WaitGroupTest, AddWhileWaitersAreBeingReleasedPanics) {
  if (GetParam() != 1) GTEST_SKIP() << "needs the waiter not to run meanwhile";
  Main([] {
    WaitGroup wg;
    wg.Add(1);
    auto text = MakeChan<std::string>(1);
    Go([&] {
      try {
        wg.Wait();
        text.Send("no panic");
      } catch (const Panic& panic) {
        text.Send(panic.what());
      }
    });
    WaitUntilBlocked(1);
    wg.Done();  // The waiter is ready, but the only P runs this goroutine.
    wg.Add(1);
    EXPECT_EQ(text.Recv(),
              "sync: WaitGroup is reused before previous Wait has returned");
  });
}

}  // namespace
}  // namespace rt
