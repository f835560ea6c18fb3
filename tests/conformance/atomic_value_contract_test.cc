// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/atomic_value.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using AtomicValueTest = testing::RuntimeTest;
RT_INSTANTIATE(AtomicValueTest);

static_assert(!std::is_copy_constructible_v<AtomicValue<int>>);

TEST_P(AtomicValueTest, EveryOperation) {
  Main([] {
    AtomicValue<std::string> value;
    EXPECT_EQ(value.Load(), std::nullopt);
    EXPECT_FALSE(value.CompareAndSwap("a", "b"));
    EXPECT_TRUE(value.CompareAndSwap(std::nullopt, "a"));
    EXPECT_EQ(value.Load(), "a");
    EXPECT_FALSE(value.CompareAndSwap(std::nullopt, "b"));
    EXPECT_FALSE(value.CompareAndSwap("b", "c"));
    EXPECT_TRUE(value.CompareAndSwap("a", "c"));
    EXPECT_EQ(value.Swap("d"), "c");
    value.Store("e");
    EXPECT_EQ(value.Load(), "e");
    AtomicValue<int> first;
    EXPECT_EQ(first.Swap(1), std::nullopt);
    EXPECT_EQ(AtomicValue<int>(7).Load(), 7);
  });
}

TEST_P(AtomicValueTest, ALoadIsOneValueAndNotTwoHalves) {
  Main([] {
    AtomicValue<std::vector<int>> value(std::vector<int>(10, 0));
    constexpr int kTimes = 500;
    WaitGroup wg;
    for (int g = 0; g < 2; ++g) {
      wg.Go([&, g] {
        for (int i = 0; i < kTimes; ++i) {
          value.Store(std::vector<int>(10 + g, i * 2 + g));
          if (i % 16 == 0) Gosched();
        }
      });
    }
    for (int g = 0; g < 3; ++g) {
      wg.Go([&] {
        for (int i = 0; i < kTimes; ++i) {
          std::vector<int> now = *value.Load();
          size_t size = now[0] == 0 ? now.size() : 10u + now[0] % 2;
          ASSERT_EQ(now, std::vector<int>(size, now[0]));
          if (i % 16 == 0) Gosched();
        }
      });
    }
    wg.Wait();
  });
}

TEST_P(AtomicValueTest, NoCompareAndSwapIsLost) {
  Main([] {
    AtomicValue<std::string> value("0");
    constexpr int kTimes = 300;
    WaitGroup wg;
    for (int g = 0; g < 4; ++g) {
      wg.Go([&] {
        for (int i = 0; i < kTimes; ++i) {
          for (;;) {
            std::string now = *value.Load();
            std::string next = std::to_string(std::stoi(now) + 1);
            if (value.CompareAndSwap(now, next)) break;
          }
        }
      });
    }
    wg.Wait();
    EXPECT_EQ(value.Load(), std::to_string(4 * kTimes));
  });
}

TEST_P(AtomicValueTest, WhoLoadsSeesWhatWasBeforeTheStore) {
  Main([] {
    AtomicValue<int*> value;
    int n = 0;  // Plain: a missing order is a race to ThreadSanitizer.
    WaitGroup wg;
    wg.Go([&] {
      n = 1;
      value.Store(&n);
    });
    std::optional<int*> loaded;
    while (!(loaded = value.Load()).has_value()) Gosched();
    EXPECT_EQ(**loaded, 1);
    wg.Wait();
  });
}

TEST_P(AtomicValueTest, ReplacedValuesAreDestroyed) {
  Main([] {
    auto held = std::make_shared<int>(1);
    {
      AtomicValue<std::shared_ptr<int>> value(held);
      EXPECT_EQ(held.use_count(), 2);
      value.Store(nullptr);
      EXPECT_EQ(held.use_count(), 1);
      value.Store(held);
      EXPECT_EQ(held.use_count(), 2);
    }
    EXPECT_EQ(held.use_count(), 1);
  });
}

TEST_P(AtomicValueTest, FromAPlainThread) {
  Main([] {
    AtomicValue<int> value(1);
    std::thread thread([&] {
      EXPECT_EQ(value.Load(), 1);
      value.Store(2);
    });
    thread.join();
    EXPECT_EQ(value.Load(), 2);
  });
}

}  // namespace
}  // namespace rt
