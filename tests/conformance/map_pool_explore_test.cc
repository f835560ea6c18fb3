// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Map, AtomicValue and Pool under the explorer: what it must find, each beside
// a near miss that must pass, and that it sees every outcome that there is.

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/explorer/explore.h"
#include "runtime/runtime.h"
#include "tests/support/explore_test.h"

namespace {

using ::rt::explorer::CheckQuietly;
using ::rt::explorer::Options;
using ::rt::explorer::Result;
using ::rt::explorer::Verdict;
using ::rt::testing::RowName;

using Case = ::rt::testing::ExploreCase;
using MapPoolExploreTest = ::rt::testing::ExploreTest;

TEST_P(MapPoolExploreTest, IsJudged) { Judge(); }

// --- Map
// ----------------------------------------------------------------------

void CountInAMap(bool compare) {
  rt::Map<std::string, int> m;
  m.Store("n", 0);
  rt::WaitGroup wg;
  for (int i = 0; i < 2; ++i) {
    wg.Go([&] {
      for (;;) {
        int n = *m.Load("n");
        if (!compare) {
          m.Store("n", n + 1);  // What came in between is lost.
          return;
        }
        if (m.CompareAndSwap("n", n, n + 1)) return;
      }
    });
  }
  wg.Wait();
  EXPECT_EQ(m.Load("n"), 2);
}

void MakeOnce(bool together) {
  rt::Map<int, int> m;
  int made = 0;
  rt::Mutex mu;
  rt::WaitGroup wg;
  for (int i = 0; i < 2; ++i) {
    wg.Go([&] {
      bool mine;
      if (together) {
        mine = !m.LoadOrStore(1, 10).second;
      } else {
        mine = !m.Load(1).has_value();
        if (mine) m.Store(1, 10);
      }
      mu.Lock();
      if (mine) ++made;
      mu.Unlock();
    });
  }
  wg.Wait();
  EXPECT_EQ(made, 1);
}

// Whoever finds the key sees what was written before it was stored; who finds
// another key need not.
void HandOver(bool same_key) {
  rt::Map<int, int> m;
  int data = 0;
  m.Store(1, 0);
  rt::WaitGroup wg;
  wg.Go([&] {
    data = 1;
    m.Store(2, 0);
  });
  wg.Go([&] {
    if (m.Load(2).has_value()) {
      EXPECT_EQ(data, 1);
    }
    if (!same_key && m.Load(1).has_value()) ++data;
  });
  wg.Wait();
}

void DeleteIsSeen(bool look) {
  rt::Map<int, int> m;
  int data = 0;
  m.Store(1, 0);
  rt::WaitGroup wg;
  wg.Go([&] {
    data = 1;
    m.Delete(1);
  });
  if (!look || !m.Load(1).has_value()) {
    EXPECT_LE(data, 1);
  }
  wg.Wait();
}

// Values with memory and counts of their own change hands without a race.
void SharedValues() {
  rt::Map<int, std::shared_ptr<std::string>> m;
  rt::WaitGroup wg;
  for (int i = 0; i < 2; ++i) {
    wg.Go([&m, i] {
      m.Store(1, std::make_shared<std::string>(40, static_cast<char>('a' + i)));
      if (auto value = m.Load(1)) {
        EXPECT_EQ((*value)->size(), 40u);
      }
      m.Delete(1);
    });
  }
  wg.Wait();
  m.Clear();
}

void RangeBesideChanges() {
  rt::Map<int, int> m;
  m.Store(1, 10);
  m.Store(2, 20);
  rt::WaitGroup wg;
  wg.Go([&] {
    m.Delete(2);
    m.Store(3, 30);
  });
  std::set<int> seen;
  m.Range([&](int key, int value) {
    EXPECT_EQ(value, key * 10);
    EXPECT_TRUE(seen.insert(key).second);
    return true;
  });
  EXPECT_EQ(seen.count(1), 1u);
  wg.Wait();
}

// --- AtomicValue
// --------------------------------------------------------------

void Publish(bool through_value) {
  rt::AtomicValue<std::string> value;
  std::string plain;
  rt::WaitGroup wg;
  wg.Go([&] {
    value.Store("one");
    plain = "one";
  });
  wg.Go([&] {
    std::string got = through_value ? value.Load().value_or("") : plain;
    EXPECT_TRUE(got.empty() || got == "one");
  });
  wg.Wait();
}

void CountInAValue(bool compare) {
  rt::AtomicValue<int> value(0);
  rt::WaitGroup wg;
  for (int i = 0; i < 2; ++i) {
    wg.Go([&] {
      for (;;) {
        int now = *value.Load();
        if (compare && !value.CompareAndSwap(now, now + 1)) continue;
        if (!compare) value.Store(now + 1);
        return;
      }
    });
  }
  wg.Wait();
  EXPECT_EQ(value.Load(), 2);
}

// --- Pool
// ---------------------------------------------------------------------

struct Buffer {
  int used = 0;
};

void UseBuffers(bool clear, bool keep) {
  rt::Pool<Buffer> pool([] { return std::make_unique<Buffer>(); });
  rt::WaitGroup wg;
  for (int i = 0; i < 2; ++i) {
    wg.Go([&] {
      std::unique_ptr<Buffer> buffer = pool.Get();
      if (clear) buffer->used = 0;
      EXPECT_EQ(buffer->used, 0);
      buffer->used = 1;
      Buffer* kept = buffer.get();
      pool.Put(std::move(buffer));
      if (keep) kept->used = 2;  // It is somebody else's.
    });
  }
  wg.Wait();
}

void ExpectWhatWasPut(bool rely) {
  rt::Pool<Buffer> pool([] { return std::make_unique<Buffer>(); });
  auto buffer = std::make_unique<Buffer>();
  buffer->used = 1;
  pool.Put(std::move(buffer));
  buffer = pool.Get();
  if (rely) {
    EXPECT_EQ(buffer->used, 1);
  } else {
    EXPECT_LE(buffer->used, 1);
  }
}

void ForgetAfterTwoRounds(int rounds) {
  rt::Pool<Buffer> pool;
  pool.Put(std::make_unique<Buffer>());
  for (int i = 0; i < rounds; ++i) pool.EndRound();
  EXPECT_EQ(pool.Get(), nullptr);
}

INSTANTIATE_TEST_SUITE_P(
    Map, MapPoolExploreTest,
    testing::Values(
        Case{"compare_and_swap", Verdict::kPassed, [] { CountInAMap(true); }},
        Case{"load_then_store", Verdict::kWrong, [] { CountInAMap(false); }},
        Case{"load_or_store", Verdict::kPassed, [] { MakeOnce(true); }},
        Case{"load_and_store", Verdict::kWrong, [] { MakeOnce(false); }},
        Case{"same_key", Verdict::kPassed, [] { HandOver(true); }},
        Case{"another_key", Verdict::kRace, [] { HandOver(false); }},
        Case{"finds_it_deleted", Verdict::kPassed, [] { DeleteIsSeen(true); }},
        Case{"does_not_look", Verdict::kRace, [] { DeleteIsSeen(false); }},
        Case{"shared_values", Verdict::kPassed, SharedValues},
        Case{"range", Verdict::kPassed, RangeBesideChanges}),
    RowName());

INSTANTIATE_TEST_SUITE_P(
    AtomicValue, MapPoolExploreTest,
    testing::Values(
        Case{"publish", Verdict::kPassed, [] { Publish(true); }},
        Case{"plain", Verdict::kRace, [] { Publish(false); }},
        Case{"compare_and_swap", Verdict::kPassed, [] { CountInAValue(true); }},
        Case{"load_then_store", Verdict::kWrong, [] { CountInAValue(false); }}),
    RowName());

INSTANTIATE_TEST_SUITE_P(
    Pool, MapPoolExploreTest,
    testing::Values(
        Case{"clears", Verdict::kPassed, [] { UseBuffers(true, false); }},
        Case{"does_not_clear", Verdict::kWrong,
             [] { UseBuffers(false, false); }},
        Case{"uses_after_put", Verdict::kRace, [] { UseBuffers(true, true); }},
        Case{"takes_what_comes", Verdict::kPassed,
             [] { ExpectWhatWasPut(false); }},
        Case{"relies_on_the_pool", Verdict::kWrong,
             [] { ExpectWhatWasPut(true); }},
        Case{"two_rounds", Verdict::kPassed, [] { ForgetAfterTwoRounds(2); }},
        Case{"one_round", Verdict::kWrong, [] { ForgetAfterTwoRounds(1); }}),
    RowName());

// Get returns each of the objects, or a new one.
TEST(PoolOutcomesTest, AreAllSeen) {
  std::set<int> seen;
  Result result = CheckQuietly(Options(), [&] {
    rt::Pool<Buffer> pool([] { return std::make_unique<Buffer>(); });
    for (int i = 1; i <= 3; ++i) {
      auto buffer = std::make_unique<Buffer>();
      buffer->used = i;
      pool.Put(std::move(buffer));
    }
    seen.insert(pool.Get()->used);
  });
  EXPECT_TRUE(result.passed()) << result.summary;
  EXPECT_EQ(seen, (std::set<int>{0, 1, 2, 3}));
}

// The pool's clock is the virtual one here: its rounds end after a second.
TEST(PoolRoundsTest, EndByThemselves) {
  static int live = 0;
  struct Counted {
    Counted() { ++live; }
    ~Counted() { --live; }
  };
  Result result = CheckQuietly(Options(), [] {
    live = 0;
    rt::Pool<Counted> pool;
    auto put_64 = [&] {  // As many calls as it takes to look at the clock.
      for (int i = 0; i < 64; ++i) pool.Put(std::make_unique<Counted>());
    };
    put_64();
    EXPECT_EQ(live, 64);
    rt::Sleep(absl::Milliseconds(999));
    put_64();
    EXPECT_EQ(live, 128);
    rt::Sleep(absl::Milliseconds(1));
    put_64();  // These are put in the same round, which ends with the last.
    EXPECT_EQ(live, 192);
    rt::Sleep(absl::Seconds(1));
    put_64();  // Now those are two rounds old.
    EXPECT_EQ(live, 64);
  });
  EXPECT_TRUE(result.passed()) << result.summary << result.expectation;
}

}  // namespace
