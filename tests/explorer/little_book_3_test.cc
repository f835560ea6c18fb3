// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Chapter 3 of Allen B. Downey's "Little Book of Semaphores" (2nd edition),
// basic patterns: each problem solved, and solved with a mistake that is easily
// made. The numbers of participants are small: more would meet nothing new.

#include <atomic>

#include "gtest/gtest.h"
#include "runtime/runtime.h"
#include "runtime/semaphore.h"
#include "tests/explorer/classics.h"
#include "tests/explorer/pairs.h"
#include "tests/support/explore_test.h"

namespace {

using namespace classics;  // NOLINT: its words are the language of this file.

// --- 3: basic patterns -------------------------------------------------------

// 3.1: what one does comes before what the other does.
void Signaling(bool right) {
  int line = 0;
  Semaphore done(0);
  Together(
      [&] {
        line = 1;
        done.Signal();
      },
      [&] {
        if (right) done.Wait();
        EXPECT_EQ(line, 1);
      });
}

// 3.3: each waits until the other has come. One of them may wait before he
// tells that he is there; not both.
void Rendezvous(bool right) {
  int a = 0, b = 0;
  Semaphore a_came(0), b_came(0);
  Together(
      [&] {
        a = 1;
        if (right) a_came.Signal();
        b_came.Wait();
        if (!right) a_came.Signal();
        EXPECT_EQ(b, 1);
      },
      [&] {
        b = 1;
        a_came.Wait();
        b_came.Signal();
        EXPECT_EQ(a, 1);
      });
}

// 3.4: a semaphore is a mutex if it has one token.
void MutexBySemaphore(bool right) {
  int count = 0;
  Semaphore mutex(right ? 1 : 2);
  auto increment = [&] {
    mutex.Wait();
    ++count;
    mutex.Signal();
  };
  Together(increment, increment, increment);
  EXPECT_EQ(count, 3);
}

// 3.5: as many as there are tokens.
void Multiplex(bool right) {
  rt::semaphore::Weighted multiplex(right ? 2 : 3);
  Room room(2);
  auto visit = [&] {
    multiplex.Acquire(1);
    room.Visit();
    multiplex.Release(1);
  };
  Together(visit, visit, visit);
}

// 3.6: the last one opens; each who goes through leaves it open for the next.
void BarrierOnce(bool right) {
  constexpr int kThreads = 3;
  rt::Mutex mutex;
  int count = 0;
  Semaphore turnstile(0);
  auto thread = [&] {
    mutex.Lock();
    if (++count == kThreads) turnstile.Signal();
    mutex.Unlock();
    turnstile.Wait();
    if (right) turnstile.Signal();
    EXPECT_EQ(count, kThreads);
  };
  Together(thread, thread, thread);
}

// 3.7: with one turnstile the quick come round before the slow have left.
void ReusableBarrier(bool right) {
  constexpr int kThreads = 2;
  rt::Mutex mutex;
  int count = 0;
  Semaphore turnstile(0), turnstile2(right ? 1 : 0);
  int arrived = 0;
  auto thread = [&] {
    for (int round = 1; round <= 2; ++round) {
      mutex.Lock();
      ++arrived;
      if (++count == kThreads) {
        if (right) turnstile2.Wait();
        turnstile.Signal();
      }
      mutex.Unlock();
      turnstile.Wait();
      turnstile.Signal();
      mutex.Lock();
      EXPECT_EQ(arrived, round * kThreads);
      if (--count == 0) {
        turnstile.Wait();
        if (right) turnstile2.Signal();
      }
      mutex.Unlock();
      if (right) {
        turnstile2.Wait();
        turnstile2.Signal();
      }
    }
  };
  Together(thread, thread);
}

// 3.8: no leader dances without a follower. In one queue for both he may find
// himself.
void LeadersAndFollowers(bool right) {
  std::atomic<int> leaders = 0, followers = 0;
  Semaphore leader_queue(0), follower_queue(0);
  Semaphore& leaders_wait = right ? leader_queue : follower_queue;
  auto lead = [&] {
    ++leaders;
    follower_queue.Signal();
    leaders_wait.Wait();
    EXPECT_GE(followers, 1);
  };
  auto follow = [&] {
    ++followers;
    leaders_wait.Signal();
    follower_queue.Wait();
    EXPECT_GE(leaders, 1);
  };
  Together(lead, follow);
}

// 3.8, exclusive queue: one pair dances at a time. Who comes and finds a
// partner keeps the mutex; the leader gives it back for both, after the dance.
void ExclusiveQueue(bool right) {
  rt::Mutex mutex;
  int leaders = 0, followers = 0;
  Semaphore leader_queue(0), follower_queue(0), rendezvous(0);
  Section dance;
  auto lead = [&] {
    mutex.Lock();
    if (followers > 0) {
      --followers;
      follower_queue.Signal();
    } else {
      ++leaders;
      mutex.Unlock();
      leader_queue.Wait();
    }
    if (!right) mutex.Unlock();
    dance.Visit();
    rendezvous.Wait();
    if (right) mutex.Unlock();
  };
  auto follow = [&] {
    mutex.Lock();
    if (leaders > 0) {
      --leaders;
      leader_queue.Signal();
    } else {
      ++followers;
      mutex.Unlock();
      follower_queue.Wait();
    }
    rendezvous.Signal();
  };
  Together(lead, follow, lead, follow);
}

// -----------------------------------------------------------------------------

const Pair kProblems[] = {
    {"Signaling", Verdict::kRace, {"`line`"}, &Signaling},
    {"Rendezvous",
     Verdict::kDeadlock,
     {"goroutine 2 waits for a value", "goroutine 3 waits for a value"},
     &Rendezvous},
    {"MutexBySemaphore", Verdict::kRace, {"`count`"}, &MutexBySemaphore},
    {"Multiplex", Verdict::kWrong, {"inside_"}, &Multiplex},
    {"BarrierOnce", Verdict::kDeadlock, {"waits for a value"}, &BarrierOnce},
    {"ReusableBarrier",
     Verdict::kWrong,
     {"arrived"},
     &ReusableBarrier,
     /*endless=*/false,
     /*max_executions=*/50'000},
    {"LeadersAndFollowers",
     Verdict::kWrong,
     {"(followers) >= (1)"},
     &LeadersAndFollowers},
    {"ExclusiveQueue", Verdict::kRace, {"`visits_`"}, &ExclusiveQueue},
};

using LittleBookTest = PairTest;

TEST_P(LittleBookTest, IsBroken) { RefusesTheWrongOne(); }
TEST_P(LittleBookTest, IsRepaired) { VerifiesTheRightOne(); }
TEST_P(LittleBookTest, IsToldShortly) { TellsTheWrongOneShortly(); }

INSTANTIATE_TEST_SUITE_P(Problems, LittleBookTest, testing::ValuesIn(kProblems),
                         rt::testing::RowName());

}  // namespace
