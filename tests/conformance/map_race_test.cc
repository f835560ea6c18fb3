// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A Map that several goroutines change at once.

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/map.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using MapRaceTest = testing::RuntimeTest;
RT_INSTANTIATE(MapRaceTest);

TEST_P(MapRaceTest, NoCompareAndSwapIsLost) {
  Main([] {
    Map<std::string, int> numbers;        // Scalars: replaced in place.
    Map<std::string, std::string> texts;  // Others: in boxes.
    constexpr int kGoroutines = 4;
    constexpr int kTimes = 300;
    numbers.Store("n", 0);
    texts.Store("n", "0");
    WaitGroup wg;
    for (int g = 0; g < kGoroutines; ++g) {
      wg.Go([&] {
        for (int i = 0; i < kTimes; ++i) {
          for (;;) {
            int n = *numbers.Load("n");
            if (numbers.CompareAndSwap("n", n, n + 1)) break;
          }
          for (;;) {
            std::string s = *texts.Load("n");
            std::string next = std::to_string(std::stoi(s) + 1);
            if (texts.CompareAndSwap("n", s, next)) break;
          }
        }
      });
    }
    wg.Wait();
    EXPECT_EQ(numbers.Load("n"), kGoroutines * kTimes);
    EXPECT_EQ(texts.Load("n"), std::to_string(kGoroutines * kTimes));
  });
}

// Of many that store and delete one key, each value is taken out by one.
TEST_P(MapRaceTest, EachValueIsTakenOutOnce) {
  Main([] {
    Map<int, int> m;
    constexpr int kGoroutines = 4;
    constexpr int kTimes = 500;
    std::vector<std::atomic<int>> out(kGoroutines * kTimes);
    std::atomic<int> stored{0};
    auto took = [&](std::optional<int> value) {
      if (value.has_value()) ++out[*value];
    };
    WaitGroup wg;
    for (int g = 0; g < kGoroutines; ++g) {
      wg.Go([&, g] {
        for (int i = 0; i < kTimes; ++i) {
          int value = g * kTimes + i;
          if (i % 2 == 0) {
            took(m.Swap(1, value));
            ++stored;
          } else {
            if (!m.LoadOrStore(1, value).second) ++stored;
            took(m.LoadAndDelete(1));
          }
        }
      });
    }
    wg.Wait();
    took(m.LoadAndDelete(1));
    int sum = 0;
    for (const std::atomic<int>& times : out) {
      EXPECT_LE(times, 1);
      sum += times;
    }
    EXPECT_EQ(sum, stored);
  });
}

TEST_P(MapRaceTest, OneLoadOrStoreStores) {
  Main([] {
    for (int round = 0; round < 50; ++round) {
      Map<int, int> m;
      std::atomic<int> stored{0};
      WaitGroup wg;
      for (int g = 0; g < 8; ++g) {
        wg.Go([&, g] {
          auto [value, loaded] = m.LoadOrStore(1, g);
          if (!loaded) ++stored;
          EXPECT_EQ(m.Load(1), value);
        });
      }
      wg.Wait();
      EXPECT_EQ(stored, 1);
    }
  });
}

// The value is no atomic: a missing order is a race to ThreadSanitizer.
TEST_P(MapRaceTest, WhoLoadsSeesWhatWasBeforeTheStore) {
  Main([] {
    Map<int, const int*> m;
    int values[100] = {};
    WaitGroup wg;
    wg.Go([&] {
      for (int i = 0; i < 100; ++i) {
        values[i] = i + 1;
        m.Store(i, &values[i]);
      }
    });
    for (int i = 0; i < 100; ++i) {
      std::optional<const int*> value;
      while (!(value = m.Load(i)).has_value()) Gosched();
      EXPECT_EQ(**value, i + 1);
    }
    wg.Wait();
  });
}

}  // namespace
}  // namespace rt
