// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <type_traits>

#include "gtest/gtest.h"
#include "runtime/internal/sema.h"
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

// Done has brought the counter to 0 and is about to release who waits, for
// which it needs their queue: this test has that.
TEST_P(WaitGroupTest, AddThatMeetsTheLastDonePanics) {
  Main([] {
    static_assert(std::is_standard_layout_v<WaitGroup>);
    WaitGroup wg;
    auto* word = reinterpret_cast<std::atomic<uint64_t>*>(&wg);
    wg.Add(1);
    WaitGroup released;
    released.Go([&] { wg.Wait(); });
    WaitUntilBlocked(1);
    std::string of_add;
    std::string of_done;
    internal::SemaQueue& queue = internal::SemaQueueFor(&wg);
    std::atomic<bool> locked{false};
    std::atomic<bool> added{false};
    std::thread holder([&] {
      internal::RawLock lock(queue.mu);
      locked = true;
      while (!added) std::this_thread::yield();
    });
    while (!locked) std::this_thread::yield();
    std::thread done([&] {
      try {
        wg.Done();
      } catch (const Panic& panic) {
        of_done = panic.what();
      }
    });
    while (*word >> 32 != 0) std::this_thread::yield();
    try {
      wg.Add(1);
    } catch (const Panic& panic) {
      of_add = panic.what();
    }
    added = true;
    holder.join();
    done.join();
    constexpr char kText[] =
        "sync: WaitGroup misuse: Add called concurrently with Wait";
    EXPECT_EQ(of_add, kText);
    EXPECT_EQ(of_done, kText);
    wg.Done();
    released.Wait();
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
