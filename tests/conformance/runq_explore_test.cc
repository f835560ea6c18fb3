// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The run queue and its lock under the explorer, whose goroutines stand for the
// owner's thread and a thief's. It executes atomic operations one after the
// other: the protocol is explored, not the fences (machine_test).

#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/explorer/explore.h"
#include "runtime/internal/biased_lock.h"
#include "runtime/internal/goroutine.h"
#include "runtime/internal/runq.h"
#include "runtime/runtime.h"

namespace {

using ::rt::explorer::CheckQuietly;
using ::rt::explorer::Options;
using ::rt::explorer::Result;
using ::rt::explorer::Verdict;
using ::rt::explorer::VerdictText;
using ::rt::internal::BiasedLock;
using ::rt::internal::Goroutine;
using ::rt::internal::GoroutineList;
using ::rt::internal::RunQueue;

// An owner and two others; who is refused goes on without the lock if it does
// not ask.
void OwnerAndOthers(int turns, bool others_ask) {
  BiasedLock lock;
  int inside = 0;  // What the lock guards.
  rt::WaitGroup wg;
  wg.Go([&] {
    for (int turn = 0; turn < turns; ++turn) {
      bool biased = lock.OwnerLock();
      ++inside;
      lock.OwnerUnlock(biased);
    }
  });
  for (int i = 0; i < 2; ++i) {
    wg.Go([&] {
      bool mine = lock.TryLock();
      if (!mine && others_ask) return;
      ++inside;
      if (mine) lock.Unlock();
    });
  }
  wg.Wait();
  EXPECT_GT(inside, turns);
}

TEST(BiasedLockExploreTest, LetsOneInAtATime) {
  Result result = CheckQuietly(Options(), [] { OwnerAndOthers(2, true); });
  EXPECT_TRUE(result.passed()) << result.summary;
}

TEST(BiasedLockExploreTest, WhoDoesNotAskIsFound) {
  Result result = CheckQuietly(Options(), [] { OwnerAndOthers(1, false); });
  EXPECT_STREQ(VerdictText(result.verdict), VerdictText(Verdict::kRace));
}

TEST(RunQueueExploreTest, NothingIsLostOrDoubled) {
  Result result = CheckQuietly(Options(), [] {
    Goroutine g[3];
    int taken[3] = {};
    RunQueue queue;
    RunQueue stolen;
    rt::WaitGroup wg;
    auto take = [&](Goroutine* one) {
      if (one != nullptr) ++taken[one - g];
    };
    wg.Go([&] {
      GoroutineList overflow;
      bool was_next;
      queue.PushBack(&g[0], &overflow);
      queue.PushNext(&g[1], &overflow);
      queue.PushNext(&g[2], &overflow);
      take(queue.Pop(/*skip_next=*/false, &was_next));
    });
    Goroutine* whole = nullptr;
    Goroutine* next = nullptr;
    wg.Go([&] {
      whole = queue.StealInto(&stolen);
      next = queue.StealNext(queue.PeekNext());
    });
    wg.Wait();
    take(whole);
    take(next);
    bool was_next;
    for (RunQueue* rest : {&queue, &stolen}) {
      while (Goroutine* one = rest->Pop(false, &was_next)) take(one);
    }
    for (int count : taken) EXPECT_EQ(count, 1);
  });
  EXPECT_TRUE(result.passed()) << result.summary;
}

}  // namespace
