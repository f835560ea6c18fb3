// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include <atomic>
#include <mutex>

#include "gtest/gtest.h"
#include "runtime/mutex.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using testing::WaitUntilBlocked;
using testing::YieldUntil;

using MutexTest = testing::RuntimeTest;
RT_INSTANTIATE(MutexTest);

TEST_P(MutexTest, OneAtATime) {
  Main([] {
    Mutex mu;
    int inside = 0;
    int count = 0;
    WaitGroup wg;
    for (int g = 0; g < 10; ++g) {
      wg.Go([&] {
        for (int i = 0; i < 300; ++i) {
          std::scoped_lock lock(mu);
          EXPECT_EQ(++inside, 1);
          ++count;
          if (i % 16 == 0) Gosched();  // Asks the others to try.
          --inside;
        }
      });
    }
    wg.Wait();
    EXPECT_EQ(count, 3000);
  });
}

TEST_P(MutexTest, TryLockTakesAFreeLockOnly) {
  Main([] {
    Mutex mu;
    ASSERT_TRUE(mu.TryLock());
    EXPECT_FALSE(mu.TryLock());
    mu.Unlock();
    ASSERT_TRUE(mu.try_lock());
    mu.unlock();
  });
}

TEST_P(MutexTest, AnotherGoroutineMayUnlock) {
  Main([] {
    Mutex mu;
    mu.Lock();
    Go([&] { mu.Unlock(); });
    mu.Lock();
    mu.Unlock();
  });
}

TEST_P(MutexTest, EveryWaiterGetsItsTurn) {
  Main([] {
    Mutex mu;
    mu.Lock();
    auto got = MakeChan<int>(4);
    for (int i = 0; i < 4; ++i) {
      Go([&, got, i] {
        mu.Lock();
        mu.Unlock();
        got.Send(i);
      });
      WaitUntilBlocked(i + 1);
    }
    mu.Unlock();
    int sum = 0;
    for (int i = 0; i < 4; ++i) sum += *got.Recv();
    EXPECT_EQ(sum, 0 + 1 + 2 + 3);
    // mu lives until all four are through with it: they have all unlocked.
  });
}

// A goroutine that takes the lock again and again, letting go only for an
// instant, must not keep a waiter out for ever.
TEST_P(MutexTest, AWaiterThatIsOvertakenIsHandedTheLock) {
  Main([] {
    Mutex mu;
    std::atomic<bool> got{false};
    std::atomic<bool> holding{false};
    WaitGroup wg;
    wg.Go([&] {
      while (!got) {
        mu.Lock();
        holding = true;
        // The waiter, woken by the last Unlock, comes and finds it locked.
        Gosched();
        mu.Unlock();
      }
    });
    wg.Go([&] {
      YieldUntil([&] { return holding.load(); });
      mu.Lock();
      got = true;
      mu.Unlock();
    });
    wg.Wait();
  });
}

TEST_P(MutexTest, MayBeDestroyedByWhoUnlocksItLast) {
  Main([] {
    struct Shared {
      Mutex mu;
      int refs = 2;
    };
    for (int i = 0; i < 500; ++i) {
      auto* shared = new Shared;
      auto release = [shared] {
        shared->mu.Lock();
        bool last = --shared->refs == 0;
        shared->mu.Unlock();
        if (last) delete shared;
      };
      Go(release);
      release();
    }
  });
}

TEST_P(MutexTest, ScopedLockTakesTwoWithoutDeadlock) {
  Main([] {
    Mutex a, b;
    int count = 0;
    WaitGroup wg;
    for (int g = 0; g < 4; ++g) {
      wg.Go([&, g] {
        for (int i = 0; i < 100; ++i) {
          if (g % 2 == 0) {
            std::scoped_lock lock(a, b);
            ++count;
          } else {
            std::scoped_lock lock(b, a);
            ++count;
          }
          Gosched();
        }
      });
    }
    wg.Wait();
    EXPECT_EQ(count, 400);
  });
}

}  // namespace
}  // namespace rt
