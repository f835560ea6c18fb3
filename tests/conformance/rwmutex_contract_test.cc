// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include <atomic>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/runtime.h"
#include "runtime/rwmutex.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using testing::WaitUntilBlocked;
using testing::YieldUntil;

using RWMutexTest = testing::RuntimeTest;
RT_INSTANTIATE(RWMutexTest);

static_assert(!std::is_copy_constructible_v<RWMutex>);
static_assert(sizeof(RWMutex) == 32);

TEST_P(RWMutexTest, ReadersShareIt) {
  Main([] {
    RWMutex mu;
    constexpr int kReaders = 10;
    std::atomic<int> inside{0};
    WaitGroup wg;
    for (int i = 0; i < kReaders; ++i) {
      wg.Go([&] {
        std::shared_lock lock(mu);
        ++inside;
        YieldUntil([&] { return inside == kReaders; });
      });
    }
    wg.Wait();
  });
}

// Readers add 1, writers 10'000, to what is inside, and look that they are
// alone or among readers.
TEST_P(RWMutexTest, AWriterIsAlone) {
  Main([] {
    RWMutex mu;
    constexpr int kTimes = 200;
    std::atomic<int> inside{0};
    int written = 0;  // Plain: a missing order is a race to ThreadSanitizer.
    WaitGroup wg;
    for (int g = 0; g < 10; ++g) {
      bool writer = g % 5 == 0;
      wg.Go([&, writer] {
        for (int i = 0; i < kTimes; ++i) {
          if (writer) {
            std::scoped_lock lock(mu);
            EXPECT_EQ(inside.fetch_add(10'000), 0);
            ++written;
            if (i % 8 == 0) Gosched();
            inside -= 10'000;
          } else {
            std::shared_lock lock(mu);
            EXPECT_LT(inside.fetch_add(1), 10'000);
            EXPECT_LE(written, 2 * kTimes);
            if (i % 8 == 0) Gosched();
            --inside;
          }
        }
      });
    }
    wg.Wait();
    EXPECT_EQ(written, 2 * kTimes);
  });
}

TEST_P(RWMutexTest, AWaitingWriterKeepsNewReadersOut) {
  Main([] {
    RWMutex mu;
    mu.RLock();
    auto order = MakeChan<std::string>(2);
    Go([&, order] {
      mu.Lock();
      order.Send("writer");
      mu.Unlock();
    });
    WaitUntilBlocked(1);
    EXPECT_FALSE(mu.TryRLock());
    Go([&, order] {
      mu.RLock();
      order.Send("reader");
      mu.RUnlock();
    });
    WaitUntilBlocked(2);
    mu.RUnlock();
    EXPECT_EQ(order.Recv(), "writer");
    EXPECT_EQ(order.Recv(), "reader");
    std::scoped_lock lock(mu);  // Until the reader has unlocked.
  });
}

TEST_P(RWMutexTest, ReadersThatWaitComeBeforeTheNextWriter) {
  Main([] {
    RWMutex mu;
    mu.Lock();
    auto order = MakeChan<std::string>(3);
    Go([&, order] {
      mu.Lock();
      order.Send("writer");
      mu.Unlock();
    });
    WaitUntilBlocked(1);
    for (int i = 0; i < 2; ++i) {
      Go([&, order] {
        mu.RLock();
        order.Send("reader");
        mu.RUnlock();
      });
    }
    WaitUntilBlocked(3);
    mu.Unlock();
    EXPECT_EQ(order.Recv(), "reader");
    EXPECT_EQ(order.Recv(), "reader");
    EXPECT_EQ(order.Recv(), "writer");
    std::shared_lock lock(mu);  // Until the writer has unlocked.
  });
}

TEST_P(RWMutexTest, TheLastReaderLetsTheWriterIn) {
  Main([] {
    RWMutex mu;
    constexpr int kReaders = 3;
    for (int i = 0; i < kReaders; ++i) mu.RLock();
    std::atomic<bool> written{false};
    Go([&] {
      mu.Lock();
      written = true;
      mu.Unlock();
    });
    WaitUntilBlocked(1);
    for (int i = 0; i < kReaders; ++i) {
      for (int k = 0; k < 50; ++k) Gosched();
      EXPECT_FALSE(written);
      mu.RUnlock();
    }
    mu.RLock();
    EXPECT_TRUE(written);
    mu.RUnlock();
  });
}

struct TryCase {
  const char* held;
  void (*hold)(RWMutex&);
  void (*give_back)(RWMutex&);
  bool lock_succeeds;
  bool rlock_succeeds;
};

TEST_P(RWMutexTest, TryTakesWhatIsFree) {
  const TryCase kCases[] = {
      {"nothing", [](RWMutex&) {}, [](RWMutex&) {}, true, true},
      {"a read lock", [](RWMutex& mu) { mu.RLock(); },
       [](RWMutex& mu) { mu.RUnlock(); }, false, true},
      {"the write lock", [](RWMutex& mu) { mu.Lock(); },
       [](RWMutex& mu) { mu.Unlock(); }, false, false},
  };
  for (const TryCase& c : kCases) {
    SCOPED_TRACE(c.held);
    Main([&c] {
      RWMutex mu;
      c.hold(mu);
      EXPECT_EQ(mu.try_lock(), c.lock_succeeds);
      if (c.lock_succeeds) mu.unlock();
      EXPECT_EQ(mu.try_lock_shared(), c.rlock_succeeds);
      if (c.rlock_succeeds) mu.unlock_shared();
      EXPECT_EQ(mu.RLocker().try_lock(), c.rlock_succeeds);
      if (c.rlock_succeeds) mu.RLocker().unlock();
      c.give_back(mu);
      ASSERT_TRUE(mu.TryLock());
      mu.Unlock();
    });
  }
}

TEST_P(RWMutexTest, RLockerIsTheReadLock) {
  Main([] {
    RWMutex mu;
    std::scoped_lock lock(mu.RLocker());
    EXPECT_FALSE(mu.TryLock());
    ASSERT_TRUE(mu.TryRLock());
    mu.RUnlock();
  });
}

TEST_P(RWMutexTest, AnotherGoroutineMayUnlock) {
  Main([] {
    RWMutex mu;
    mu.Lock();
    Go([&] { mu.Unlock(); });
    mu.RLock();
    Go([&] { mu.RUnlock(); });
    mu.Lock();
    mu.Unlock();
  });
}

// A writer that takes the lock again and again, letting go only for an instant,
// must not keep another one out for ever.
TEST_P(RWMutexTest, AWriterThatIsOvertakenIsHandedTheLock) {
  Main([] {
    RWMutex mu;
    std::atomic<bool> got{false};
    std::atomic<bool> holding{false};
    WaitGroup wg;
    wg.Go([&] {
      while (!got) {
        mu.Lock();
        holding = true;
        Gosched();  // The other, woken by the last Unlock, finds it locked.
        mu.Unlock();
      }
    });
    wg.Go([&] {
      YieldUntil([&] { return holding.load(); });
      mu.Lock();
      got = true;
      mu.Unlock();
    });
    for (int i = 0; i < 3; ++i) {
      wg.Go([&] {  // Readers take part in each hand-over.
        while (!got) {
          std::shared_lock lock(mu);
          Gosched();
        }
      });
    }
    wg.Wait();
  });
}

TEST_P(RWMutexTest, MayBeDestroyedByWhoUnlocksItLast) {
  Main([] {
    struct Shared {
      RWMutex mu;
      std::atomic<int> refs{3};
    };
    for (int i = 0; i < 500; ++i) {
      auto* shared = new Shared;
      auto release = [shared](bool write) {
        bool last;
        if (write) {
          shared->mu.Lock();
          last = --shared->refs == 0;
          shared->mu.Unlock();
        } else {
          shared->mu.RLock();
          last = --shared->refs == 0;
          shared->mu.RUnlock();
        }
        if (last) delete shared;
      };
      // The one that finds itself last still shares the lock with another
      // reader, if that one is on its way out: hence only one reader.
      Go(release, true);
      Go(release, false);
      release(true);
    }
  });
}

TEST_P(RWMutexTest, UnlockFromAPlainThread) {
  Main([] {
    RWMutex mu;
    mu.Lock();
    std::thread thread([&] {
      testing::WaitUntilSchedulerSleeps();
      mu.Unlock();
    });
    mu.RLock();
    mu.RUnlock();
    thread.join();
  });
}

}  // namespace
}  // namespace rt
