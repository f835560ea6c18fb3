// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The levels of "The Deadlock Empire" from semaphores to the boss; see
// deadlock_empire_test.cc.

#include <atomic>
#include <deque>
#include <mutex>

#include "gtest/gtest.h"
#include "runtime/runtime.h"
#include "tests/explorer/classics.h"
#include "tests/explorer/pairs.h"
#include "tests/support/explore_test.h"

namespace {

using namespace classics;  // NOLINT: its words are the language of this file.

// --- Semaphores --------------------------------------------------------------

// A token that nobody took is given back.
void Semaphores(bool right) {
  Semaphore ss(right ? 1 : 0);
  Section section;
  Together(
      [&] {
        ss.Wait();
        section.Visit();
        ss.Signal();
      },
      [&] {
        for (int round = 0; round < 3; ++round) {
          if (ss.TryWait()) {
            section.Visit();
            ss.Signal();
          } else if (!right) {
            ss.Signal();
          }
        }
      });
}

// The token is there before the thing.
void ProducerConsumer(bool right) {
  Semaphore ss(0);
  Queue queue;
  Together(
      [&] {
        for (int round = 0; round < 2; ++round) {
          if (ss.TryWait()) queue.Take();
        }
      },
      [&] {
        if (right) queue.Put();
        ss.Signal();
        if (!right) queue.Put();
      });
}

// Two at once in a container that is made for one.
void ProducerConsumerVariant(bool right) {
  rt::Mutex mu;
  std::deque<int> queue;
  Together(
      [&] {
        if (right) mu.Lock();
        queue.push_back(42);
        if (right) mu.Unlock();
      },
      [&] {
        if (right) mu.Lock();
        if (!queue.empty()) queue.pop_front();
        if (right) mu.Unlock();
      });
}

// --- Condition variables -----------------------------------------------------

// What was true when it was woken need not be when it has the lock.
void ConditionVariables(bool right) {
  rt::Mutex mutex;
  rt::Cond changed(&mutex);
  std::deque<int> queue;
  auto consume = [&] {
    std::scoped_lock lock(mutex);
    if (right) {
      while (queue.empty()) changed.Wait();
    } else if (queue.empty()) {
      changed.Wait();
    }
    if (queue.empty()) throw rt::Panic("the queue is empty");
    queue.pop_front();
  };
  Together(consume, consume, [&] {
    for (int round = 0; round < 2; ++round) {
      std::scoped_lock lock(mutex);
      queue.push_back(42);
      changed.Broadcast();
    }
  });
}

// --- The final stretch -------------------------------------------------------

// While one head has taken 1 off the count the other one sees room for more
// fire than there shall be.
void Dragonfire(bool right) {
  rt::Mutex firebreathing;
  Semaphore fireball(0);
  std::atomic<int> c = 0;
  Section section;
  Together(
      [&] {
        for (int round = 0; round < 2; ++round) {
          std::scoped_lock lock(firebreathing);
          if (fireball.TryWait() && fireball.TryWait() && fireball.TryWait()) {
            section.Visit();
          }
          --c;
          ++c;
        }
      },
      [&] {
        for (int round = 0; round < 4; ++round) {
          if (right) firebreathing.Lock();
          if (c < 2) {
            fireball.Signal();
            ++c;
          } else {
            section.Visit();
          }
          if (right) firebreathing.Unlock();
        }
      });
}

// Both heads see the last burst of energy; one of them gets it.
void TripleDanger(bool right) {
  rt::Mutex conduit;
  Queue energy_bursts(1);
  auto head = [&] {
    if (right) conduit.Lock();
    if (!energy_bursts.Empty()) {
      if (!right) conduit.Lock();
      energy_bursts.Take();
      if (!right) conduit.Unlock();
    }
    if (right) conduit.Unlock();
  };
  Together(
      [&] {
        std::scoped_lock lock(conduit);
        energy_bursts.Put();
      },
      head, head);
}

// Who wakes another one goes on as well.
void BossFight(bool right) {
  rt::Mutex sanctum;
  rt::Cond pulse(&sanctum);
  Semaphore fortress(0);
  std::atomic<int> darkness = 0;
  std::atomic<int> evil = 0;
  Section section;
  UntilNobodyMoves(
      [&] {
        ++darkness;
        ++evil;
        if (darkness == 2 || evil == 2 || !fortress.TryWait()) return;
        fortress.Wait();
        std::scoped_lock lock(sanctum);
        pulse.Wait();
        section.Visit();
      },
      [&] {
        for (int round = 0; round < 3; ++round) {
          ++darkness;
          ++evil;
          if (darkness != 2 && evil == 2) {
            sanctum.Lock();
            pulse.Signal();
            if (right) section.Visit();
            sanctum.Unlock();
            if (!right) section.Visit();
          }
          fortress.Signal();
          darkness = 0;
          evil = 0;
        }
      });
}

// -----------------------------------------------------------------------------

const Pair kLevels[] = {
    {"Semaphores", Verdict::kRace, {"`visits_`"}, &Semaphores},
    {"ProducerConsumer",
     Verdict::kPanic,
     {"the queue is empty"},
     &ProducerConsumer},
    {"ProducerConsumerVariant",
     Verdict::kRace,
     {"`queue`"},
     &ProducerConsumerVariant},
    {"ConditionVariables",
     Verdict::kPanic,
     {"the queue is empty"},
     &ConditionVariables},
    {"Dragonfire", Verdict::kRace, {"`visits_`"}, &Dragonfire},
    {"TripleDanger", Verdict::kPanic, {"the queue is empty"}, &TripleDanger},
    {"BossFight",
     Verdict::kRace,
     {"`visits_`"},
     &BossFight,
     /*endless=*/true},
};

using DeadlockEmpireTest = PairTest;

TEST_P(DeadlockEmpireTest, IsBroken) { RefusesTheWrongOne(); }
TEST_P(DeadlockEmpireTest, IsRepaired) { VerifiesTheRightOne(); }
TEST_P(DeadlockEmpireTest, IsToldShortly) { TellsTheWrongOneShortly(); }

INSTANTIATE_TEST_SUITE_P(Levels, DeadlockEmpireTest, testing::ValuesIn(kLevels),
                         rt::testing::RowName());

}  // namespace
