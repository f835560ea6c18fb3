// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <type_traits>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/cond.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using testing::WaitUntilBlocked;

using CondTest = testing::RuntimeTest;
RT_INSTANTIATE(CondTest);

static_assert(!std::is_copy_constructible_v<Cond>);
static_assert(!std::is_copy_assignable_v<Cond>);

// A number that goroutines wait for under `mu`; who is through, says so.
struct Gate {
  Mutex mu;
  Cond cond{&mu};
  int open = 0;              // So many may pass.
  std::vector<int> through;  // Who has.

  void Pass(int who) {
    std::scoped_lock lock(mu);
    while (open == 0) cond.Wait();
    --open;
    through.push_back(who);
  }
};

TEST_P(CondTest, SignalWakesOne) {
  Main([] {
    Gate gate;
    constexpr int kWaiters = 3;
    WaitGroup wg;
    for (int i = 0; i < kWaiters; ++i) wg.Go([&, i] { gate.Pass(i); });
    WaitUntilBlocked(kWaiters);
    for (int i = 0; i < kWaiters; ++i) {
      gate.mu.Lock();
      EXPECT_EQ(gate.through.size(), static_cast<size_t>(i));
      gate.open = 1;
      gate.cond.Signal();
      gate.mu.Unlock();
      WaitUntilBlocked(kWaiters - i - 1);
      testing::YieldUntil([&] {
        std::scoped_lock lock(gate.mu);
        return gate.open == 0;
      });
    }
    wg.Wait();
  });
}

TEST_P(CondTest, SignalWakesWhoWaitsLongest) {
  Main([] {
    Gate gate;
    constexpr int kWaiters = 8;
    WaitGroup wg;
    for (int i = 0; i < kWaiters; ++i) {
      wg.Go([&, i] { gate.Pass(i); });
      WaitUntilBlocked(i + 1);
    }
    for (int i = 0; i < kWaiters; ++i) {
      gate.mu.Lock();
      gate.open = 1;
      gate.cond.Signal();
      gate.mu.Unlock();
      testing::YieldUntil([&] {
        std::scoped_lock lock(gate.mu);
        return gate.open == 0;
      });
    }
    wg.Wait();
    EXPECT_EQ(gate.through, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7}));
  });
}

TEST_P(CondTest, BroadcastWakesAllThatWaitNow) {
  Main([] {
    Gate gate;
    constexpr int kWaiters = 20;
    WaitGroup wg;
    for (int i = 0; i < kWaiters; ++i) wg.Go([&, i] { gate.Pass(i); });
    WaitUntilBlocked(kWaiters);
    gate.mu.Lock();
    gate.open = kWaiters;
    gate.cond.Broadcast();
    gate.mu.Unlock();
    wg.Wait();
    EXPECT_EQ(gate.through.size(), static_cast<size_t>(kWaiters));
    EXPECT_EQ(gate.open, 0);
  });
}

TEST_P(CondTest, SignalWithoutWaitersIsLost) {
  Main([] {
    Mutex mu;
    Cond cond(&mu);
    cond.Signal();
    cond.Broadcast();
    std::atomic<bool> woken{false};
    Go([&] {
      std::scoped_lock lock(mu);
      cond.Wait();
      woken = true;
    });
    WaitUntilBlocked(1);
    for (int i = 0; i < 100; ++i) Gosched();
    EXPECT_FALSE(woken);
    cond.Signal();
    testing::YieldUntil([&] { return woken.load(); });
    std::scoped_lock lock(mu);  // Until it has unlocked.
  });
}

// A Signal wakes one that waited before it, never one that came after: here
// each goroutine waits again as soon as it has been woken.
TEST_P(CondTest, ALaterWaiterDoesNotTakeAnEarlierOnesSignal) {
  Main([] {
    Mutex mu;
    Cond cond(&mu);
    constexpr int kGoroutines = 10;
    constexpr int kRounds = 20;
    bool stop = false;
    int awake = 0;
    std::vector<int> times(kGoroutines);
    WaitGroup wg;
    for (int i = 0; i < kGoroutines; ++i) {
      wg.Go([&, i] {
        std::scoped_lock lock(mu);
        while (!stop) {
          cond.Wait();
          ++times[i];
          ++awake;
        }
      });
    }
    WaitUntilBlocked(kGoroutines);
    for (int round = 1; round <= kRounds; ++round) {
      for (int i = 0; i < kGoroutines; ++i) {
        mu.Lock();
        awake = 0;
        cond.Signal();
        mu.Unlock();
        testing::YieldUntil([&] {
          std::scoped_lock lock(mu);
          return awake == 1;
        });
        WaitUntilBlocked(kGoroutines);
      }
      for (int i = 0; i < kGoroutines; ++i) EXPECT_EQ(times[i], round);
    }
    mu.Lock();
    stop = true;
    cond.Broadcast();
    mu.Unlock();
    wg.Wait();
  });
}

// Many wait and signal at once, the Signals outside of the lock, so that they
// meet waiters that have not fallen asleep yet. A lost one would be a deadlock.
TEST_P(CondTest, NoSignalIsLostOnTheWayToSleep) {
  Main([] {
    Mutex mu;
    Cond changed(&mu);
    int tokens = 0;
    constexpr int kPairs = 4;
    constexpr int kTimes = 500;
    WaitGroup wg;
    for (int i = 0; i < kPairs; ++i) {
      wg.Go([&] {
        for (int k = 0; k < kTimes; ++k) {
          std::scoped_lock lock(mu);
          while (tokens == 0) changed.Wait();
          --tokens;
        }
      });
      wg.Go([&] {
        for (int k = 0; k < kTimes; ++k) {
          mu.Lock();
          ++tokens;
          mu.Unlock();
          changed.Signal();
        }
      });
    }
    wg.Wait();
    EXPECT_EQ(tokens, 0);
  });
}

TEST_P(CondTest, PassesATurnToAndFro) {
  Main([] {
    Mutex mu;
    Cond conds[2] = {Cond(&mu), Cond(&mu)};
    int turn = 0;
    int count = 0;
    WaitGroup wg;
    for (int id = 0; id < 2; ++id) {
      wg.Go([&, id] {
        for (int i = 0; i < 1000; ++i) {
          std::scoped_lock lock(mu);
          conds[id].Wait([&] { return turn == id; });
          ++count;
          turn = 1 - id;
          conds[turn].Signal();
        }
      });
    }
    wg.Wait();
    EXPECT_EQ(count, 2000);
  });
}

TEST_P(CondTest, WaitWithAConditionLooksFirst) {
  Main([] {
    Mutex mu;
    Cond cond(&mu);
    std::scoped_lock lock(mu);
    int looked = 0;
    cond.Wait([&] {
      ++looked;
      return true;
    });
    EXPECT_EQ(looked, 1);
  });
}

TEST_P(CondTest, WaitHasTheLockAgain) {
  Main([] {
    Mutex mu;
    Cond cond(&mu);
    bool holding = false;
    WaitGroup wg;
    for (int i = 0; i < 5; ++i) {
      wg.Go([&] {
        std::scoped_lock lock(mu);
        cond.Wait();
        EXPECT_FALSE(holding);
        holding = true;
        Gosched();
        holding = false;
      });
    }
    WaitUntilBlocked(5);
    cond.Broadcast();
    wg.Wait();
  });
}

// One test for each lock that a Cond can have: they wait, the lock is free
// meanwhile, and held again afterwards.
template <typename Lock>
void WaitsOver(Lock* lock) {
  Cond cond(lock);
  std::atomic<int> woken{0};
  WaitGroup wg;
  for (int i = 0; i < 3; ++i) {
    wg.Go([&] {
      lock->lock();
      cond.Wait();
      ++woken;
      lock->unlock();
    });
  }
  WaitUntilBlocked(3);
  ASSERT_TRUE(lock->try_lock());
  EXPECT_EQ(woken, 0);
  lock->unlock();
  cond.Broadcast();
  wg.Wait();
  EXPECT_EQ(woken, 3);
}

struct OwnLock {
  Mutex mu;
  std::atomic<int> locked{0};
  void lock() {
    mu.Lock();
    ++locked;
  }
  void unlock() {
    --locked;
    mu.Unlock();
  }
  bool try_lock() {
    if (!mu.TryLock()) return false;
    ++locked;
    return true;
  }
};

TEST_P(CondTest, WaitsOverEveryLock) {
  Main([] {
    Mutex mu;
    WaitsOver(&mu);
    RWMutex rw;
    WaitsOver(&rw);
    WaitsOver(&rw.RLocker());
    OwnLock own;
    WaitsOver(&own);
    EXPECT_EQ(own.locked, 0);
  });
}

TEST_P(CondTest, SignalFromAPlainThread) {
  Main([] {
    Mutex mu;
    Cond cond(&mu);
    bool done = false;
    std::thread thread([&] {
      testing::WaitUntilSchedulerSleeps();
      while (!mu.TryLock()) std::this_thread::yield();
      done = true;
      mu.Unlock();
      cond.Signal();
    });
    {
      std::scoped_lock lock(mu);
      while (!done) cond.Wait();
    }
    thread.join();
  });
}

TEST_P(CondTest, MayBeDestroyedByWhoWasWoken) {
  Main([] {
    struct Shared {
      Mutex mu;
      Cond cond{&mu};
      bool done = false;
    };
    for (int i = 0; i < 500; ++i) {
      auto shared = std::make_unique<Shared>();
      Go([s = shared.get()] {
        std::scoped_lock lock(s->mu);
        s->done = true;
        s->cond.Signal();
      });
      shared->mu.Lock();
      while (!shared->done) shared->cond.Wait();
      shared->mu.Unlock();
    }
  });
}

}  // namespace
}  // namespace rt
