// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The 19 levels of "The Deadlock Empire" (deadlockempire.github.io), a game in
// which the player is the scheduler and has to break programs. Each of them
// here with the explorer for a player, and repaired, when it has to give up.
//
// Names are the game's. Its threads go round and round; here as often as it
// takes to break them. `n = n + 1` is two steps to the game and so it is here,
// with atomics: the numbers are not what is to be found racing.
//
// This file has those up to the barrier, deadlock_empire_2_test.cc the others.

#include <atomic>
#include <mutex>

#include "gtest/gtest.h"
#include "runtime/runtime.h"
#include "tests/explorer/classics.h"
#include "tests/explorer/pairs.h"
#include "tests/support/explore_test.h"

namespace {

using namespace classics;  // NOLINT: its words are the language of this file.

// `atomically` or in two steps, between which others may come. Returns what the
// number then is, as the program finds it.
int Add(std::atomic<int>& number, int n, bool atomically) {
  if (atomically) return number.fetch_add(n) + n;
  number.store(number.load() + n);
  return number.load();
}

// --- Tutorial ----------------------------------------------------------------

void Interface(bool right) {
  rt::Mutex mu;
  Section section;
  auto visit = [&] {
    if (right) mu.Lock();
    section.Visit();
    if (right) mu.Unlock();
  };
  Together(visit, visit);
}

void NonAtomicInstructions(bool right) {
  std::atomic<int> a = 0;
  Room room(1);
  auto thread = [&] {
    if (Add(a, 1, right) == 1) room.Visit();
  };
  Together(thread, thread);
}

// --- Unsynchronised code -----------------------------------------------------

void BooleanFlags(bool right) {
  std::atomic<bool> flag = false;
  Section section;
  auto thread = [&] {
    if (right) {
      while (flag.exchange(true)) {
      }
    } else {
      while (flag) {
      }
      flag = true;
    }
    section.Visit();
    flag = false;
  };
  Together(thread, thread);
}

// It is not the numbers that keep the two apart.
void SimpleCounter(bool right) {
  rt::Mutex mu;
  std::atomic<int> counter = 0;
  Section section;
  auto count = [&](int rounds, int mine) {
    for (int i = 0; i < rounds; ++i) {
      if (right) mu.Lock();
      ++counter;
      if (counter == mine) section.Visit();
      if (right) mu.Unlock();
    }
  };
  Together([&] { count(3, 5); }, [&] { count(2, 3); });
}

void ConfusedCounter(bool right) {
  std::atomic<int> first = 0;
  std::atomic<int> second = 0;
  auto thread = [&] {
    Add(first, 1, right);
    Add(second, 1, right);
    EXPECT_FALSE(second == 2 && first != 2);
  };
  Together(thread, thread);
}

// --- Locks -------------------------------------------------------------------

// A lock keeps apart, and promises nothing about what comes after what.
void InsufficientLock(bool right) {
  rt::Mutex mu;
  int i = 0;
  Together(
      [&] {
        for (int round = 0; round < 3; ++round) {
          std::scoped_lock lock(mu);
          i += 2;
          EXPECT_NE(i, 5);
        }
      },
      [&] {
        std::scoped_lock lock(mu);
        i -= right ? 2 : 1;
      });
}

void Deadlock(bool right) {
  rt::Mutex mutex, mutex2;
  Section section;
  Together(
      [&] {
        mutex.Lock();
        mutex2.Lock();
        section.Visit();
        mutex.Unlock();
        mutex2.Unlock();
      },
      [&] {
        if (right) mutex.Lock();
        mutex2.Lock();
        if (!right) mutex.Lock();
        section.Visit();
        mutex2.Unlock();
        mutex.Unlock();
      });
}

// The game's locks can be taken again by who has them. The first thread takes
// `mutex` twice and gives it back once; here it does neither the second time.
void AMoreComplexThread(bool right) {
  rt::Mutex mutex, mutex2, mutex3;
  std::atomic<bool> flag = false;
  Section section;
  Together(
      [&] {
        if (mutex.TryLock()) {
          mutex3.Lock();
          section.Visit();
          if (right) mutex.Unlock();
          mutex2.Lock();
          flag = false;
          mutex2.Unlock();
          mutex3.Unlock();
        } else {
          mutex2.Lock();
          flag = true;
          mutex2.Unlock();
        }
      },
      [&] {
        for (int round = 0; round < 2; ++round) {
          if (flag) {
            mutex2.Lock();
            mutex.Lock();
            flag = false;
            section.Visit();
            mutex.Unlock();
            mutex2.Unlock();
          } else {
            mutex.Lock();
            flag = false;
            mutex.Unlock();
          }
        }
      });
}

// --- High-level synchronisation primitives -----------------------------------

// Who has passed an event is not held up when it is reset.
void ManualResetEvent(bool right) {
  rt::Mutex mu;
  Event sync;
  std::atomic<int> counter = 0;
  Together(
      [&] {
        sync.Wait();
        if (right) mu.Lock();
        EXPECT_EQ(counter % 2, 0);
        if (right) mu.Unlock();
      },
      [&] {
        for (int round = 0; round < 2; ++round) {
          sync.Reset();
          if (right) mu.Lock();
          ++counter;
          ++counter;
          if (right) mu.Unlock();
          sync.Set();
        }
      });
}

// A lost update is a lost signal.
void CountdownEvent(bool right) {
  std::atomic<int> progress = 0;
  Countdown event(3);
  Together(
      [&] {
        if (Add(progress, 20, right) >= 20) event.Signal();
        event.Wait();
      },
      [&] {
        if (Add(progress, 30, right) >= 30) event.Signal();
        if (Add(progress, 50, right) >= 80) event.Signal();
        event.Wait();
      });
}

// Who finds that something is missing begins anew, and signals too often.
void CountdownEventRevisited(bool right) {
  std::atomic<int> progress = 0;
  Countdown event(3);
  Together(
      [&] {
        do {
          Add(progress, 20, right);
          event.Signal();
          event.Wait();
        } while (progress < 100);
      },
      [&] {
        do {
          Add(progress, 30, right);
          event.Signal();
          Add(progress, 50, right);
          event.Signal();
          event.Wait();
        } while (progress < 100);
      });
}

// A barrier for two lets any two of three go on.
void TheBarrier(bool right) {
  std::atomic<int> fireball_charge = 0;
  Barrier barrier(right ? 3 : 2);
  UntilNobodyMoves(
      [&] {
        ++fireball_charge;
        barrier.Wait();
        EXPECT_GE(fireball_charge, 2);
        if (right) barrier.Wait();
      },
      [&] {
        ++fireball_charge;
        barrier.Wait();
        if (right) barrier.Wait();
      },
      [&] {
        ++fireball_charge;
        barrier.Wait();
        barrier.Wait();
        fireball_charge = 0;
      });
}

// -----------------------------------------------------------------------------

const Pair kLevels[] = {
    {"Interface", Verdict::kRace, {"`visits_`"}, &Interface},
    {"NonAtomicInstructions",
     Verdict::kWrong,
     {"inside_.fetch_add(1) + 1"},
     &NonAtomicInstructions},
    {"BooleanFlags", Verdict::kRace, {"`visits_`"}, &BooleanFlags},
    {"SimpleCounter", Verdict::kRace, {"`visits_`"}, &SimpleCounter},
    {"ConfusedCounter", Verdict::kWrong, {"first"}, &ConfusedCounter},
    {"InsufficientLock", Verdict::kWrong, {"(i) != (5)"}, &InsufficientLock},
    {"Deadlock",
     Verdict::kDeadlock,
     {"goroutine 2 waits for `mutex2`, which goroutine 3 holds",
      "goroutine 3 waits for `mutex`, which goroutine 2 holds"},
     &Deadlock},
    {"AMoreComplexThread",
     Verdict::kDeadlock,
     {"waits for `mutex`, which goroutine 2 never unlocked before it returned"},
     &AMoreComplexThread},
    {"ManualResetEvent", Verdict::kWrong, {"counter % 2"}, &ManualResetEvent},
    {"CountdownEvent",
     Verdict::kDeadlock,
     {"goroutine 2 waits for a Signal or Broadcast that never comes",
      "goroutine 3 waits for a Signal or Broadcast that never comes"},
     &CountdownEvent},
    {"CountdownEventRevisited",
     Verdict::kPanic,
     {"the countdown is over"},
     &CountdownEventRevisited},
    {"TheBarrier",
     Verdict::kWrong,
     {"(fireball_charge) >= (2)"},
     &TheBarrier,
     /*endless=*/true},
};

using DeadlockEmpireTest = PairTest;

TEST_P(DeadlockEmpireTest, IsBroken) { RefusesTheWrongOne(); }
TEST_P(DeadlockEmpireTest, IsRepaired) { VerifiesTheRightOne(); }
TEST_P(DeadlockEmpireTest, IsToldShortly) { TellsTheWrongOneShortly(); }

INSTANTIATE_TEST_SUITE_P(Levels, DeadlockEmpireTest, testing::ValuesIn(kLevels),
                         rt::testing::RowName());

}  // namespace
