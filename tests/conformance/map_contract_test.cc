// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "gtest/gtest.h"
#include "runtime/internal/reclaim.h"
#include "runtime/map.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using MapTest = testing::RuntimeTest;
RT_INSTANTIATE(MapTest);

static_assert(!std::is_copy_constructible_v<Map<int, int>>);

// Hashes that meet in every bit, in all but the lowest, and in nothing.
struct SameHash {
  size_t operator()(int) const { return 42; }
};
struct NearHash {
  // What Map makes of a hash is a multiplication: its inverse makes neighbours.
  size_t operator()(int key) const {
    auto wanted = static_cast<uint64_t>(key);
    uint64_t inverse = 1;
    for (int i = 0; i < 6; ++i) inverse *= 2 - 0x9e3779b97f4a7c15 * inverse;
    uint64_t hash = wanted * inverse;
    return hash ^ (hash >> 32);
  }
};

template <typename M>
std::map<int, int> Contents(const M& m) {
  std::map<int, int> contents;
  m.Range([&](int key, int value) {
    EXPECT_TRUE(contents.emplace(key, value).second) << key << " seen twice";
    return true;
  });
  return contents;
}

template <typename M>
void EveryOperation() {
  M m;
  EXPECT_EQ(m.Load(1), std::nullopt);
  m.Store(1, 10);
  EXPECT_EQ(m.Load(1), 10);
  m.Store(1, 11);
  EXPECT_EQ(m.Load(1), 11);
  EXPECT_EQ(m.LoadOrStore(1, 99), std::pair(11, true));
  EXPECT_EQ(m.LoadOrStore(2, 20), std::pair(20, false));
  EXPECT_EQ(m.Swap(2, 21), 20);
  EXPECT_EQ(m.Swap(3, 30), std::nullopt);
  EXPECT_FALSE(m.CompareAndSwap(3, 31, 32));
  EXPECT_TRUE(m.CompareAndSwap(3, 30, 32));
  EXPECT_FALSE(m.CompareAndSwap(4, 0, 1));
  EXPECT_EQ(Contents(m), (std::map<int, int>{{1, 11}, {2, 21}, {3, 32}}));
  EXPECT_FALSE(m.CompareAndDelete(3, 30));
  EXPECT_TRUE(m.CompareAndDelete(3, 32));
  EXPECT_FALSE(m.CompareAndDelete(3, 32));
  EXPECT_EQ(m.LoadAndDelete(2), 21);
  EXPECT_EQ(m.LoadAndDelete(2), std::nullopt);
  m.Delete(1);
  m.Delete(1);
  EXPECT_EQ(Contents(m), (std::map<int, int>{}));
  for (int i = 0; i < 300; ++i) m.Store(i, i);
  EXPECT_EQ(Contents(m).size(), 300u);
  m.Clear();
  EXPECT_EQ(Contents(m).size(), 0u);
  EXPECT_EQ(m.Load(7), std::nullopt);
  m.Store(7, 70);
  EXPECT_EQ(Contents(m), (std::map<int, int>{{7, 70}}));
}

TEST_P(MapTest, EveryOperation) {
  Main([] {
    EveryOperation<Map<int, int>>();
    EveryOperation<Map<int, int, SameHash>>();
    EveryOperation<Map<int, int, NearHash>>();
  });
}

// A map under a lock does the same, operation for operation: each goroutine has
// keys of its own, which share the trie's branches with all others' keys.
template <typename M>
void DoesWhatALockedMapDoes() {
  M m;
  constexpr int kGoroutines = 4;
  constexpr int kKeys = 40;
  constexpr int kSteps = 2000;
  WaitGroup wg;
  for (int g = 0; g < kGoroutines; ++g) {
    wg.Go([&m, g] {
      std::map<int, int> twin;
      uint32_t x = static_cast<uint32_t>(g) + 1;
      auto random = [&x](uint32_t n) {
        x = x * 1664525 + 1013904223;
        return static_cast<int>((x >> 16) % n);
      };
      auto in_twin = [&twin](int key) {
        auto it = twin.find(key);
        return it == twin.end() ? std::nullopt : std::optional(it->second);
      };
      for (int step = 0; step < kSteps; ++step) {
        int key = random(kKeys) * kGoroutines + g;
        int value = random(4);
        int other = random(4);
        std::optional<int> was = in_twin(key);
        switch (random(8)) {
          case 0:
            m.Store(key, value);
            twin[key] = value;
            break;
          case 1:
            ASSERT_EQ(m.Swap(key, value), was);
            twin[key] = value;
            break;
          case 2:
            ASSERT_EQ(m.LoadOrStore(key, value),
                      std::pair(was.value_or(value), was.has_value()));
            twin.emplace(key, value);
            break;
          case 3:
            ASSERT_EQ(m.LoadAndDelete(key), was);
            twin.erase(key);
            break;
          case 4:
            m.Delete(key);
            twin.erase(key);
            break;
          case 5:
            ASSERT_EQ(m.CompareAndSwap(key, other, value), was == other);
            if (was == other) twin[key] = value;
            break;
          case 6:
            ASSERT_EQ(m.CompareAndDelete(key, other), was == other);
            if (was == other) twin.erase(key);
            break;
          case 7:
            if (step % 16 == 0) {
              std::map<int, int> mine;
              m.Range([&](int k, int v) {
                if (k % kGoroutines == g) mine.emplace(k, v);
                return true;
              });
              ASSERT_EQ(mine, twin);
            }
            break;
        }
        ASSERT_EQ(m.Load(key), in_twin(key));
        if (step % 64 == 0) Gosched();
      }
    });
  }
  wg.Wait();
}

TEST_P(MapTest, DoesWhatALockedMapDoes) {
  Main([] {
    DoesWhatALockedMapDoes<Map<int, int>>();
    DoesWhatALockedMapDoes<Map<int, int, SameHash>>();
    DoesWhatALockedMapDoes<Map<int, int, NearHash>>();
  });
}

TEST_P(MapTest, RangeSeesWhatStaysAndNothingTwice) {
  Main([] {
    Map<int, int> m;
    constexpr int kStay = 200;
    for (int i = 0; i < kStay; ++i) m.Store(i, 1);
    std::atomic<bool> stop{false};
    WaitGroup wg;
    for (int g = 0; g < 3; ++g) {
      wg.Go([&, g] {
        for (int i = 0; !stop; ++i) {
          int key = kStay + (i * 7 + g) % 300;
          m.Store(key, 2);
          m.Store(i % kStay, 1);
          m.Delete(kStay + (i * 5) % 300);
          if (i % 32 == 0) Gosched();
        }
      });
    }
    for (int round = 0; round < 20; ++round) {
      std::map<int, int> seen = Contents(m);
      for (int i = 0; i < kStay; ++i) EXPECT_EQ(seen.count(i), 1u) << i;
    }
    stop = true;
    wg.Wait();
  });
}

TEST_P(MapTest, RangeStopsAndMayChangeTheMap) {
  Main([] {
    Map<int, int> m;
    for (int i = 0; i < 100; ++i) m.Store(i, i);
    int calls = 0;
    m.Range([&](int, int) { return ++calls < 10; });
    EXPECT_EQ(calls, 10);
    m.Range([&](int key, int) {
      m.Delete(key);
      EXPECT_EQ(m.Load(key), std::nullopt);
      Gosched();
      return true;
    });
    EXPECT_EQ(Contents(m).size(), 0u);
    m.Store(1, 1);
    m.Range([&](int, int) {
      m.Clear();
      return true;
    });
    EXPECT_EQ(Contents(m).size(), 0u);
  });
}

TEST_P(MapTest, ClearBesideEverythingElse) {
  Main([] {
    Map<int, std::string> m;
    WaitGroup wg;
    for (int g = 0; g < 4; ++g) {
      wg.Go([&, g] {
        for (int i = 0; i < 300; ++i) {
          int key = (i * 13 + g) % 64;
          m.Store(key, std::to_string(key));
          if (auto value = m.Load((key + 1) % 64)) {
            EXPECT_EQ(*value, std::to_string((key + 1) % 64));
          }
          if (i % 50 == 0) m.Clear();
          m.Delete((key + 2) % 64);
        }
      });
    }
    wg.Wait();
    m.Clear();
    m.Range([](int, const std::string&) {
      ADD_FAILURE();
      return true;
    });
  });
}

// Counts its live copies.
struct Counted {
  static inline std::atomic<int> live{0};
  int n;
  explicit Counted(int n) : n(n) { ++live; }
  Counted(const Counted& other) : n(other.n) { ++live; }
  ~Counted() { --live; }
};

TEST_P(MapTest, WhatIsTakenOutIsDestroyed) {
  Main([] {
    {
      Map<int, Counted> m;
      for (int i = 0; i < 100; ++i) m.Store(i, Counted(i));
      EXPECT_EQ(Counted::live, 100);
      for (int i = 0; i < 100; ++i) m.Store(i, Counted(-i));
      EXPECT_EQ(Counted::live, 100);
      for (int i = 0; i < 50; ++i) m.Delete(i);
      EXPECT_EQ(Counted::live, 50);
      m.Clear();
      EXPECT_EQ(Counted::live, 0);
      EXPECT_EQ(internal::RetiredCount(), 0);
      WaitGroup wg;
      for (int g = 0; g < 4; ++g) {
        wg.Go([&] {
          for (int i = 0; i < 500; ++i) {
            m.Store(i % 10, Counted(i));
            static_cast<void>(m.Load(i % 7));
            m.Delete(i % 5);
          }
        });
      }
      wg.Wait();
    }
    // The last call may have met a reader: the next one destroys what it left.
    Map<int, int> next;
    next.Store(1, 1);
    next.Delete(1);
    EXPECT_EQ(Counted::live, 0);
    EXPECT_EQ(internal::RetiredCount(), 0);
  });
}

}  // namespace
}  // namespace rt
