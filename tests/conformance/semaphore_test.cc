// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/semaphore.h"

#include <atomic>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt::semaphore {
namespace {

using testing::WaitUntilBlocked;

using SemaphoreTest = testing::RuntimeTest;
RT_INSTANTIATE(SemaphoreTest);

static_assert(!std::is_copy_constructible_v<Weighted>);

template <typename F>
std::string TextOfPanic(F f) {
  try {
    f();
  } catch (const Panic& panic) {
    return panic.what();
  }
  return "no panic";
}

TEST_P(SemaphoreTest, TryAcquireTakesWhatIsThere) {
  Main([] {
    Weighted sem(2);
    EXPECT_TRUE(sem.TryAcquire(1));
    EXPECT_FALSE(sem.TryAcquire(2));
    EXPECT_TRUE(sem.TryAcquire(1));
    EXPECT_FALSE(sem.TryAcquire(1));
    EXPECT_TRUE(sem.TryAcquire(0));
    sem.Release(2);
    EXPECT_FALSE(sem.TryAcquire(3));
    EXPECT_TRUE(sem.TryAcquire(2));
  });
}

TEST_P(SemaphoreTest, MisusePanics) {
  Main([] {
    Weighted sem(2);
    EXPECT_EQ(TextOfPanic([&] { sem.Release(1); }),
              "semaphore: released more than held");
    sem.Acquire(1);
    EXPECT_EQ(TextOfPanic([&] { sem.Release(2); }),
              "semaphore: released more than held");
    EXPECT_EQ(TextOfPanic([&] { sem.Acquire(-1); }),
              "semaphore: negative weight");
    EXPECT_EQ(TextOfPanic([&] { static_cast<void>(sem.TryAcquire(-1)); }),
              "semaphore: negative weight");
    EXPECT_EQ(TextOfPanic([&] { sem.Release(-1); }),
              "semaphore: negative weight");
    // As if nothing had been.
    EXPECT_TRUE(sem.TryAcquire(1));
    EXPECT_FALSE(sem.TryAcquire(1));
  });
}

TEST_P(SemaphoreTest, NeverMoreThanThereAre) {
  Main([] {
    constexpr int kTokens = 4;
    Weighted sem(kTokens);
    std::atomic<int64_t> taken{0};
    WaitGroup wg;
    for (int i = 0; i < 10; ++i) {
      wg.Go([&, n = i % kTokens + 1] {
        for (int k = 0; k < 200; ++k) {
          sem.Acquire(n);
          EXPECT_LE(taken += n, kTokens);
          if (k % 3 == 0) Gosched();
          taken -= n;
          sem.Release(n);
        }
      });
    }
    wg.Wait();
    EXPECT_TRUE(sem.TryAcquire(kTokens));
  });
}

TEST_P(SemaphoreTest, AReleaseHappensBeforeTheAcquire) {
  Main([] {
    Weighted sem(1);
    int n = 0;  // Plain: a missing order is a race to ThreadSanitizer.
    WaitGroup wg;
    for (int i = 0; i < 8; ++i) {
      wg.Go([&] {
        for (int k = 0; k < 100; ++k) {
          if (k % 10 != 0 || !sem.TryAcquire(1)) sem.Acquire(1);
          ++n;
          sem.Release(1);
        }
      });
    }
    wg.Wait();
    EXPECT_EQ(n, 800);
  });
}

TEST_P(SemaphoreTest, FirstComeFirstServed) {
  Main([] {
    Weighted sem(1);
    sem.Acquire(1);
    std::vector<int> served;
    WaitGroup wg;
    for (int i = 0; i < 8; ++i) {
      wg.Go([&, i] {
        sem.Acquire(1);
        served.push_back(i);
        sem.Release(1);
      });
      WaitUntilBlocked(i + 1);
    }
    sem.Release(1);
    wg.Wait();
    EXPECT_EQ(served, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7}));
  });
}

// One waits for all tokens: nobody passes it by, though there are some.
TEST_P(SemaphoreTest, FewDoNotOvertakeMany) {
  Main([] {
    Weighted sem(3);
    sem.Acquire(1);
    std::vector<std::string> served;
    WaitGroup wg;
    wg.Go([&] {
      sem.Acquire(3);
      served.push_back("many");
      sem.Release(3);
    });
    WaitUntilBlocked(1);
    EXPECT_FALSE(sem.TryAcquire(1));
    wg.Go([&] {
      sem.Acquire(1);
      served.push_back("few");
      sem.Release(1);
    });
    WaitUntilBlocked(2);
    sem.Release(1);
    wg.Wait();
    EXPECT_EQ(served, (std::vector<std::string>{"many", "few"}));
  });
}

TEST_P(SemaphoreTest, OneReleaseServesAllForWhomItIsEnough) {
  Main([] {
    Weighted sem(6);
    sem.Acquire(6);
    std::atomic<int> served{0};
    WaitGroup wg;
    for (int n : {1, 2, 3, 4}) {
      wg.Go([&, n] {
        sem.Acquire(n);
        ++served;
      });
      WaitUntilBlocked(n);
    }
    sem.Release(6);
    testing::YieldUntil([&] { return served == 3; });
    WaitUntilBlocked(1);
    EXPECT_FALSE(sem.TryAcquire(1));
    sem.Release(4);
    wg.Wait();
  });
}

TEST_P(SemaphoreTest, WhoIsCancelledGetsNothing) {
  Main([] {
    Weighted sem(1);
    auto [ctx, cancel] = WithCancel(Background());
    EXPECT_TRUE(sem.Acquire(ctx, 1).ok());
    WaitGroup wg;
    wg.Go([&sem, &ctx = ctx] {
      absl::Status status = sem.Acquire(ctx, 1);
      EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
      EXPECT_EQ(status.message(), "context canceled");
    });
    WaitUntilBlocked(1);
    cancel();
    wg.Wait();
    sem.Release(1);
    EXPECT_FALSE(sem.Acquire(ctx, 1).ok());  // Though it is there.
    EXPECT_FALSE(sem.Acquire(ctx, 0).ok());
    EXPECT_TRUE(sem.TryAcquire(1));
  });
}

TEST_P(SemaphoreTest, WaitsUntilTheDeadline) {
  Main([] {
    Weighted sem(1);
    sem.Acquire(1);
    auto [ctx, cancel] = WithTimeout(Background(), absl::Milliseconds(5));
    EXPECT_EQ(sem.Acquire(ctx, 1).code(), absl::StatusCode::kDeadlineExceeded);
    sem.Release(1);
    cancel();
  });
}

// It is in nobody's way while it waits for the end of its context.
TEST_P(SemaphoreTest, MoreThanThereAreIsNeverGranted) {
  Main([] {
    Weighted sem(2);
    auto [ctx, cancel] = WithCancel(Background());
    WaitGroup wg;
    wg.Go([&sem, &ctx = ctx] { EXPECT_FALSE(sem.Acquire(ctx, 3).ok()); });
    WaitUntilBlocked(1);
    EXPECT_TRUE(sem.TryAcquire(2));
    sem.Release(2);
    WaitUntilBlocked(1);
    cancel();
    wg.Wait();
  });
}

// Those behind somebody who gives up need not wait for what it waited for.
TEST_P(SemaphoreTest, WhoGivesUpLetsOthersThrough) {
  Main([] {
    Weighted sem(10);
    sem.Acquire(1);
    auto [ctx, cancel] = WithCancel(Background());
    WaitGroup wg;
    wg.Go([&sem, &ctx = ctx] { EXPECT_FALSE(sem.Acquire(ctx, 10).ok()); });
    WaitUntilBlocked(1);
    for (int i = 0; i < 3; ++i) {
      wg.Go([&] { sem.Acquire(3); });
      WaitUntilBlocked(2 + i);
    }
    cancel();
    wg.Wait();
    EXPECT_FALSE(sem.TryAcquire(1));
  });
}

// Cancelling meets tokens that are just being granted: none is lost, and none
// is given twice.
TEST_P(SemaphoreTest, CancellingAndGrantingAtOnce) {
  Main([] {
    for (int i = 0; i < 300; ++i) {
      Weighted sem(1);
      sem.Acquire(1);
      auto [ctx, cancel] = WithCancel(Background());
      std::atomic<int> through{0};
      WaitGroup wg;
      wg.Go([&sem, &through, &ctx = ctx] {
        if (!sem.Acquire(ctx, 1).ok()) return;
        EXPECT_EQ(++through, 1);
        --through;
        sem.Release(1);
      });
      wg.Go([&] {
        sem.Acquire(1);
        EXPECT_EQ(++through, 1);
        --through;
        sem.Release(1);
      });
      if (i % 2 == 0) WaitUntilBlocked(2);
      wg.Go([&cancel = cancel] { cancel(); });
      sem.Release(1);
      wg.Wait();
      EXPECT_TRUE(sem.TryAcquire(1));
    }
  });
}

// "Wait for everybody, then take it down", as it is often written.
TEST_P(SemaphoreTest, MayBeDestroyedByWhoHasAllTokens) {
  Main([] {
    for (int i = 0; i < 300; ++i) {
      auto sem = std::make_unique<Weighted>(4);
      for (int k = 0; k < 4; ++k) {
        sem->Acquire(1);
        Go([s = sem.get()] { s->Release(1); });
      }
      sem->Acquire(4);
      sem.reset();
    }
  });
}

}  // namespace
}  // namespace rt::semaphore
