// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include <atomic>
#include <memory>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/pool.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using PoolTest = testing::RuntimeTest;
RT_INSTANTIATE(PoolTest);

static_assert(!std::is_copy_constructible_v<Pool<int>>);

// Has a number, and counts the live ones.
struct Object {
  static inline std::atomic<int> live{0};
  explicit Object(int number = 0) : number(number) { ++live; }
  ~Object() { --live; }
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  int number;
  bool in_use = false;
};

void Put(Pool<Object>& pool, int number) {
  pool.Put(std::make_unique<Object>(number));
}

// 0 if there is none.
int Get(Pool<Object>& pool) {
  std::unique_ptr<Object> object = pool.Get();
  return object == nullptr ? 0 : object->number;
}

TEST_P(PoolTest, GetsWhatWasPutOnThisProcessor) {
  Main([] {
    GOMAXPROCS(1);
    Pool<Object> pool;
    EXPECT_EQ(pool.Get(), nullptr);
    pool.Put(nullptr);
    EXPECT_EQ(pool.Get(), nullptr);
    Put(pool, 1);  // Into the slot;
    Put(pool, 2);  // the others queue up.
    Put(pool, 3);
    EXPECT_EQ(Get(pool), 1);
    EXPECT_EQ(Get(pool), 3);
    EXPECT_EQ(Get(pool), 2);
    EXPECT_EQ(Get(pool), 0);
  });
}

TEST_P(PoolTest, MakesWhatItDoesNotHave) {
  Main([] {
    GOMAXPROCS(1);
    int made = 0;
    Pool<Object> pool([&] { return std::make_unique<Object>(++made); });
    auto first = pool.Get();
    auto second = pool.Get();
    EXPECT_EQ(first->number, 1);
    EXPECT_EQ(second->number, 2);
    pool.Put(std::move(second));
    EXPECT_EQ(pool.Get()->number, 2);
    EXPECT_EQ(made, 2);
  });
}

// Who runs elsewhere takes from this P's queue, the oldest first, but not from
// its slot.
TEST_P(PoolTest, OthersTakeFromTheQueue) {
  Main([] {
    GOMAXPROCS(1);
    Pool<Object> pool;
    for (int i = 1; i <= 4; ++i) Put(pool, i);
    std::thread other([&] {  // It has no P at all.
      EXPECT_EQ(Get(pool), 2);
      EXPECT_EQ(Get(pool), 3);
      EXPECT_EQ(Get(pool), 4);
      EXPECT_EQ(Get(pool), 0);
    });
    other.join();
    EXPECT_EQ(Get(pool), 1);
  });
}

TEST_P(PoolTest, AQueueMayBeLongAndUsedFromBothEnds) {
  Main([] {
    GOMAXPROCS(1);
    Pool<Object> pool;
    for (int i = 0; i <= 1000; ++i) Put(pool, i);
    std::thread other([&] {
      for (int i = 1; i <= 400; ++i) EXPECT_EQ(Get(pool), i);
    });
    other.join();
    EXPECT_EQ(Get(pool), 0);  // From the slot.
    for (int i = 1000; i > 700; --i) EXPECT_EQ(Get(pool), i);
    pool.EndRound();  // 401 to 700 are victims now.
    EXPECT_EQ(Get(pool), 700);
    Put(pool, 0);
    for (int i = 1; i <= 100; ++i) Put(pool, i);
    pool.EndRound();
    EXPECT_EQ(Object::live, 101);
    EXPECT_EQ(Get(pool), 0);
    for (int i = 100; i >= 1; --i) EXPECT_EQ(Get(pool), i);
    EXPECT_EQ(pool.Get(), nullptr);
  });
}

TEST_P(PoolTest, APlainThreadMayPut) {
  Main([] {
    Pool<Object> pool;
    std::thread other([&] { Put(pool, 1); });
    other.join();
    EXPECT_EQ(Get(pool), 1);
  });
}

TEST_P(PoolTest, ForgetsAfterTwoRounds) {
  Main([] {
    GOMAXPROCS(1);
    Pool<Object> pool;
    for (int i = 1; i <= 3; ++i) Put(pool, i);
    pool.EndRound();
    EXPECT_EQ(Object::live, 3);  // Victims: still there for who asks.
    EXPECT_EQ(Get(pool), 1);
    EXPECT_EQ(Get(pool), 3);
    EXPECT_EQ(Object::live, 1);
    pool.EndRound();
    EXPECT_EQ(Object::live, 0);
    EXPECT_EQ(Get(pool), 0);
  });
}

TEST_P(PoolTest, AVictimThatIsPutBackIsAsGoodAsNew) {
  Main([] {
    GOMAXPROCS(1);
    Pool<Object> pool;
    Put(pool, 1);
    for (int round = 0; round < 5; ++round) {
      pool.EndRound();
      std::unique_ptr<Object> object = pool.Get();
      ASSERT_NE(object, nullptr);
      EXPECT_EQ(object->number, 1);
      pool.Put(std::move(object));
    }
  });
}

TEST_P(PoolTest, VictimsComeLast) {
  Main([] {
    GOMAXPROCS(1);
    Pool<Object> pool;
    Put(pool, 1);
    Put(pool, 2);  // In the queue.
    EXPECT_EQ(Get(pool), 1);
    pool.EndRound();
    Put(pool, 3);
    Put(pool, 4);  // In the queue, too.
    EXPECT_EQ(Get(pool), 3);
    EXPECT_EQ(Get(pool), 4);
    EXPECT_EQ(Get(pool), 2);
  });
}

// One in the slot of a processor that does not look is not handed out later.
TEST_P(PoolTest, NothingOlderThanTwoRoundsIsHandedOut) {
  Main([] {
    GOMAXPROCS(1);
    Pool<Object> pool;
    Put(pool, 1);
    std::thread other([&] {  // Not on the processor with the slot.
      pool.EndRound();
      pool.EndRound();
    });
    other.join();
    EXPECT_EQ(Object::live, 1);
    EXPECT_EQ(Get(pool), 0);
    EXPECT_EQ(Object::live, 0);
  });
}

TEST_P(PoolTest, DestroysWhatIsLeft) {
  Main([] {
    {
      Pool<Object> pool;
      for (int i = 1; i <= 100; ++i) Put(pool, i);
      pool.EndRound();
      for (int i = 1; i <= 100; ++i) Put(pool, i);
      EXPECT_EQ(Object::live, 200);
    }
    EXPECT_EQ(Object::live, 0);
  });
}

// No object is with two at once, and what one did with it the next one sees.
TEST_P(PoolTest, AnObjectIsWithOneAtATime) {
  Main([] {
    Pool<Object> pool([] { return std::make_unique<Object>(); });
    WaitGroup wg;
    for (int g = 0; g < 8; ++g) {
      wg.Go([&, g] {
        for (int i = 0; i < 300; ++i) {
          std::vector<std::unique_ptr<Object>> mine;
          for (int k = 0; k <= (i + g) % 4; ++k) {
            std::unique_ptr<Object> object = pool.Get();
            EXPECT_FALSE(object->in_use);
            object->in_use = true;
            mine.push_back(std::move(object));
          }
          if (i % 8 == 0) Gosched();
          for (std::unique_ptr<Object>& object : mine) {
            object->in_use = false;
            pool.Put(std::move(object));
          }
          if (i % 64 == 0) pool.EndRound();
        }
      });
    }
    wg.Wait();
  });
  EXPECT_EQ(Object::live, 0);
}

TEST_P(PoolTest, MoreProcessorsMayComeLater) {
  Main([] {
    Pool<Object> pool([] { return std::make_unique<Object>(); });
    for (int procs : {1, 20, 3}) {
      GOMAXPROCS(procs);
      WaitGroup wg;
      for (int g = 0; g < 40; ++g) {
        wg.Go([&] {
          auto object = pool.Get();
          Gosched();
          pool.Put(std::move(object));
        });
      }
      wg.Wait();
    }
  });
  EXPECT_EQ(Object::live, 0);
}

}  // namespace
}  // namespace rt
