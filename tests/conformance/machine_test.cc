// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The parts that are right on their own: the run queue and its lock, the queues
// of waiters.

#include <signal.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/internal/biased_lock.h"
#include "runtime/internal/fence.h"
#include "runtime/internal/goroutine.h"
#include "runtime/internal/lock_rank.h"
#include "runtime/internal/raw_mutex.h"
#include "runtime/internal/runq.h"
#include "runtime/internal/sema.h"
#include "runtime/internal/stack.h"
#include "runtime/internal/waiter.h"

namespace rt::internal {
namespace {

using ::testing::ElementsAre;

#if defined(RT_LOCK_RANKS)

// Locks two in turn, of which the second has the higher address.
void LockTwo(LockRank first, LockRank second,
             bool ascending) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  struct {
    RawMutex low;
    RawMutex high;
  } locks = {RawMutex(ascending ? first : second),
             RawMutex(ascending ? second : first)};
  RawLock outer(ascending ? locks.low : locks.high);
  RawLock inner(ascending ? locks.high : locks.low);
}

TEST(LockRankTest, LocksAreTakenInOneOrder) {
  LockTwo(LockRank::kChan, LockRank::kSched, /*ascending=*/false);
  LockTwo(LockRank::kChan, LockRank::kChan, /*ascending=*/true);
  LockTwo(LockRank::kTimers, LockRank::kTimers, /*ascending=*/false);
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  struct {
    LockRank first, second;
    bool ascending;
    const char* message;
  } const kRows[] = {
      {LockRank::kSched, LockRank::kChan, true,
       "^fatal error: runtime lock \"channel\" taken while \"scheduler\" is "
       "held\n"},
      {LockRank::kSema, LockRank::kSema, true, "\"sema\" .* \"sema\""},
      {LockRank::kChan, LockRank::kChan, false, "\"channel\" .* \"channel\""},
      {LockRank::kTimers, LockRank::kTimers, true, "\"timers\" .* \"timers\""},
  };
  for (const auto& row : kRows) {
    EXPECT_EXIT(LockTwo(row.first, row.second, row.ascending),
                ::testing::KilledBySignal(SIGABRT), row.message);
  }
}

TEST(LockRankTest, WhoOnlyTriesWaitsForNobody) {
  RawMutex inner(LockRank::kSched);
  RawMutex outer(LockRank::kChan);
  RawLock lock(inner);
  bool taken = outer.TryLock();
  if (taken) outer.Unlock();
  EXPECT_TRUE(taken);
}

#endif

TEST(BiasedLockTest, OthersTakeTheBiasAwayAndTheOwnerEarnsItBack) {
  BiasedLock lock;
  auto turn_is_biased = [&] {
    bool biased = lock.OwnerLock();
    lock.OwnerUnlock(biased);
    return biased;
  };
  if (!light_fence_is_free) GTEST_SKIP() << "never biased on this kernel";
  EXPECT_TRUE(turn_is_biased());
  for (int round = 0; round < 2; ++round) {
    ASSERT_TRUE(lock.TryLock());
    EXPECT_FALSE(lock.TryLock());
    lock.Unlock();
    int turns = 0;
    while (!turn_is_biased()) ++turns;
    EXPECT_EQ(turns, 512);
  }
}

TEST(BiasedLockTest, NobodyGetsInBesideTheOwner) {
  BiasedLock lock;
  for (bool biased : {light_fence_is_free, false}) {
    ASSERT_EQ(lock.OwnerLock(), biased);
    EXPECT_FALSE(lock.TryLock());
    lock.OwnerUnlock(biased);
    ASSERT_TRUE(lock.TryLock());
    lock.Unlock();
  }
}

TEST(BiasedLockTest, OneAtATime) {
  constexpr int kTurns = 50'000;
  BiasedLock lock;
  int64_t count = 0;  // What the lock guards.
  int64_t stolen = 0;
  std::atomic<bool> done{false};
  std::vector<std::thread> others;
  for (int t = 0; t < 2; ++t) {
    others.emplace_back([&] {
      while (!done) {
        if (lock.TryLock()) {
          ++count;
          ++stolen;
          lock.Unlock();
        }
        // Rarely enough that the owner gets its bias back now and then.
        for (int i = 0; i < 2000 && !done; ++i) CpuRelax();
      }
    });
  }
  for (int i = 0; i < kTurns; ++i) {
    bool biased = lock.OwnerLock();
    ++count;
    lock.OwnerUnlock(biased);
  }
  done = true;
  for (std::thread& other : others) other.join();
  EXPECT_EQ(count, kTurns + stolen);
}

TEST(RunQueueTest, NextFirstThenTheRingInOrder) {
  Goroutine g[4];
  RunQueue queue;
  GoroutineList overflow;
  EXPECT_TRUE(queue.Empty());
  queue.PushBack(&g[0], &overflow);
  queue.PushNext(&g[1], &overflow);
  queue.PushNext(&g[2], &overflow);  // g[1] goes to the ring.
  queue.PushBack(&g[3], &overflow);
  EXPECT_FALSE(queue.Empty());
  bool was_next = false;
  EXPECT_EQ(queue.Pop(false, &was_next), &g[2]);
  EXPECT_TRUE(was_next);
  EXPECT_EQ(queue.Pop(false, &was_next), &g[0]);
  EXPECT_FALSE(was_next);
  EXPECT_EQ(queue.Pop(false, &was_next), &g[1]);
  EXPECT_EQ(queue.Pop(false, &was_next), &g[3]);
  EXPECT_EQ(queue.Pop(false, &was_next), nullptr);
  EXPECT_TRUE(overflow.empty());
}

TEST(RunQueueTest, SkippingNextTakesItOnlyWhenTheRingIsEmpty) {
  Goroutine g[2];
  RunQueue queue;
  GoroutineList overflow;
  queue.PushBack(&g[0], &overflow);
  queue.PushNext(&g[1], &overflow);
  bool was_next = false;
  EXPECT_EQ(queue.Pop(true, &was_next), &g[0]);
  EXPECT_EQ(queue.Pop(true, &was_next), &g[1]);
  EXPECT_TRUE(was_next);
}

TEST(RunQueueTest, AFullRingGivesItsOlderHalfAway) {
  constexpr int kSize = RunQueue::kSize;
  auto g = std::make_unique<Goroutine[]>(kSize + 1);
  RunQueue queue;
  GoroutineList overflow;
  for (int i = 0; i < kSize; ++i) queue.PushBack(&g[i], &overflow);
  EXPECT_TRUE(overflow.empty());
  queue.PushBack(&g[kSize], &overflow);
  EXPECT_EQ(overflow.size(), kSize / 2 + 1);
  for (int i = 0; i < kSize / 2; ++i) EXPECT_EQ(overflow.PopFront(), &g[i]);
  EXPECT_EQ(overflow.PopFront(), &g[kSize]);
  bool was_next;
  for (int i = kSize / 2; i < kSize; ++i) {
    EXPECT_EQ(queue.Pop(false, &was_next), &g[i]);
  }
  EXPECT_TRUE(queue.Empty());
}

TEST(RunQueueTest, AThiefTakesTheOlderHalf) {
  Goroutine g[5];
  RunQueue queue;
  RunQueue mine;
  GoroutineList overflow;
  for (Goroutine& one : g) queue.PushBack(&one, &overflow);
  EXPECT_EQ(queue.StealInto(&mine), &g[2]);  // Runs the last of three first.
  bool was_next;
  EXPECT_EQ(mine.Pop(false, &was_next), &g[0]);
  EXPECT_EQ(mine.Pop(false, &was_next), &g[1]);
  EXPECT_TRUE(mine.Empty());
  EXPECT_EQ(queue.Pop(false, &was_next), &g[3]);
  EXPECT_EQ(mine.StealInto(&queue), nullptr);
}

TEST(RunQueueTest, WhoGoesFirstIsStolenOnlyIfItIsStillTheSame) {
  Goroutine a, b;
  RunQueue queue;
  GoroutineList overflow;
  EXPECT_EQ(queue.PeekNext(), nullptr);
  EXPECT_EQ(queue.StealNext(nullptr), nullptr);
  queue.PushNext(&a, &overflow);
  const Goroutine* seen = queue.PeekNext();
  EXPECT_EQ(seen, &a);
  queue.PushNext(&b, &overflow);
  EXPECT_EQ(queue.StealNext(seen), nullptr);
  EXPECT_EQ(queue.StealNext(&b), &b);
  EXPECT_EQ(queue.PeekNext(), nullptr);
}

// One owner, two thieves: every goroutine comes out exactly once.
void StealFromAnOwner() {
  constexpr int kCount = 20'000;
  auto g = std::make_unique<Goroutine[]>(kCount);
  auto taken = std::make_unique<std::atomic<int>[]>(kCount);
  RunQueue queue;
  std::atomic<bool> done{false};
  auto take = [&](Goroutine* one) { ++taken[one - g.get()]; };
  auto drain = [&](RunQueue* from) {
    bool was_next;
    while (Goroutine* one = from->Pop(false, &was_next)) take(one);
  };
  std::vector<std::thread> thieves;
  for (int t = 0; t < 2; ++t) {
    thieves.emplace_back([&] {
      RunQueue mine;
      while (!done) {
        if (Goroutine* one = queue.StealInto(&mine)) take(one);
        if (Goroutine* one = queue.StealNext(queue.PeekNext())) take(one);
        drain(&mine);
      }
    });
  }
  GoroutineList overflow;
  std::mt19937 random(1);
  for (int i = 0; i < kCount; ++i) {
    if (random() % 2 == 0) {
      queue.PushBack(&g[i], &overflow);
    } else {
      queue.PushNext(&g[i], &overflow);
    }
    bool was_next;
    if (random() % 4 == 0) {
      if (Goroutine* one = queue.Pop(random() % 8 == 0, &was_next)) take(one);
    }
    while (Goroutine* one = overflow.PopFront()) take(one);
  }
  drain(&queue);
  done = true;
  for (std::thread& thief : thieves) thief.join();
  for (int i = 0; i < kCount; ++i) ASSERT_EQ(taken[i], 1) << i;
}

TEST(RunQueueTest, NothingIsLostOrDoubledAmongThieves) { StealFromAnOwner(); }

TEST(RunQueueTest, NorOnAKernelWithoutMembarrier) {
  bool before = std::exchange(light_fence_is_free, false);
  StealFromAnOwner();
  light_fence_is_free = before;
}

TEST(WaiterQueueTest, FirstInFirstOutAndRemovableAnywhere) {
  Waiter w[4];
  WaiterQueue queue;
  for (Waiter& one : w) queue.Push(&one);
  queue.Remove(&w[1]);
  queue.Remove(&w[3]);
  EXPECT_EQ(queue.Pop(), &w[0]);
  EXPECT_EQ(queue.Pop(), &w[2]);
  EXPECT_EQ(queue.Pop(), nullptr);
  EXPECT_TRUE(queue.empty());
}

TEST(WaiterQueueTest, DropsAWaiterThatWasCompletedElsewhere) {
  std::atomic<Waiter*> fired{nullptr};
  Waiter here, there, plain;
  here.fired = there.fired = &fired;
  WaiterQueue a, b;
  a.Push(&here);
  b.Push(&there);
  b.Push(&plain);
  EXPECT_EQ(a.Pop(), &here);
  EXPECT_EQ(fired.load(), &here);
  EXPECT_TRUE(there.queued);
  EXPECT_EQ(b.Pop(), &plain);
  EXPECT_FALSE(there.queued);
  EXPECT_EQ(b.Pop(), nullptr);
}

TEST(SemaQueueTest, KeepsKeysApartAndEachInOrder) {
  int x, y;
  SemaWaiter w[5];
  SemaQueue queue;
  RawLock lock(queue.mu);
  for (int i : {0, 1, 2}) w[i].key = &x;
  for (int i : {3, 4}) w[i].key = &y;
  queue.PushBack(&w[0]);
  queue.PushBack(&w[3]);
  queue.PushBack(&w[1]);
  queue.PushFront(&w[2]);
  queue.PushFront(&w[4]);
  EXPECT_EQ(queue.Pop(&x), &w[2]);
  EXPECT_EQ(queue.Pop(&y), &w[4]);
  EXPECT_EQ(queue.Pop(&x), &w[0]);
  queue.PushBack(&w[0]);
  std::vector<SemaWaiter*> rest;
  for (SemaWaiter* one = queue.PopAll(&x); one != nullptr; one = one->next) {
    rest.push_back(one);
  }
  EXPECT_THAT(rest, ElementsAre(&w[1], &w[0]));
  EXPECT_EQ(queue.Pop(&x), nullptr);
  EXPECT_EQ(queue.Pop(&y), &w[3]);
  EXPECT_EQ(queue.PopAll(&y), nullptr);
}

TEST(StackPoolTest, StacksAreDistinctAndComeBack) {
  StackCache cache;
  std::set<std::byte*> taken;
  std::vector<Stack> stacks;
  for (int i = 0; i < 200; ++i) {
    stacks.push_back(cache.Take());
    taken.insert(stacks.back().base);
    stacks.back().low()[0] = std::byte{1};  // Just above the guard: usable.
  }
  EXPECT_EQ(taken.size(), 200u);
  Stack last = stacks.back();
  for (const Stack& stack : stacks) cache.Give(stack);
  EXPECT_EQ(cache.Take().base, last.base);
  cache.Give(last);
  cache.GiveAll();
}

}  // namespace
}  // namespace rt::internal
