// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Chapter 5 of the "Little Book of Semaphores", less classical problems; see
// little_book_3_test.cc.
//
// In many of them a mutex is handed on: who takes it lets somebody else go on,
// who then has it and gives it back.

#include <atomic>
#include <deque>

#include "gtest/gtest.h"
#include "runtime/runtime.h"
#include "tests/explorer/classics.h"
#include "tests/explorer/pairs.h"
#include "tests/support/explore_test.h"

namespace {

using namespace classics;  // NOLINT: its words are the language of this file.

// --- 5: less classical problems ----------------------------------------------

// 5.1: who finds the pot empty wakes the cook and keeps the others away until
// it is full.
void DiningSavages(bool right) {
  constexpr int kServings = 2;
  rt::Mutex mutex;
  int servings = 0;
  Semaphore empty_pot(0), full_pot(0);
  auto savage = [&] {
    mutex.Lock();
    if (servings == 0) {
      if (!right) mutex.Unlock();
      empty_pot.Signal();
      full_pot.Wait();
      if (!right) mutex.Lock();
    }
    EXPECT_GT(servings, 0);
    --servings;
    mutex.Unlock();
  };
  auto cook = [&] {
    for (int i = 0; i < 2; ++i) {
      empty_pot.Wait();
      EXPECT_EQ(servings, 0);
      servings = kServings;
      full_pot.Signal();
    }
  };
  UntilNobodyMoves(savage, savage, savage, cook);
}

// 5.2: barber and customer tell each other when they have done, or the next one
// sits down on who is still there. (Nobody is turned away: the third customer
// whom that takes makes more than a million interleavings.)
void Barbershop(bool right) {
  Semaphore customer(0), barber(0), customer_done(0), barber_done(0);
  Section chair;
  auto visit = [&] {
    customer.Signal();
    barber.Wait();
    chair.Visit();
    customer_done.Signal();
    barber_done.Wait();
  };
  Together(visit, visit, [&] {
    for (int i = 0; i < 2; ++i) {
      customer.Wait();
      barber.Signal();
      if (right) customer_done.Wait();
      barber_done.Signal();
    }
  });
}

// 5.3: the barber takes the first one of those who sit there. They write
// themselves down in a list, which is theirs and his.
void FifoBarbershop(bool right) {
  rt::Mutex mutex;
  std::deque<Semaphore*> queue;
  Semaphore customer(0);
  Section chair;
  auto visit = [&] {
    Semaphore turn(0);
    mutex.Lock();
    queue.push_back(&turn);
    mutex.Unlock();
    customer.Signal();
    turn.Wait();
  };
  Together(visit, visit, [&] {
    for (int i = 0; i < 2; ++i) {
      customer.Wait();
      if (right) mutex.Lock();
      Semaphore* first = queue.front();
      queue.pop_front();
      if (right) mutex.Unlock();
      chair.Visit();
      first->Signal();
    }
  });
}

// 5.5: the last reindeer and the last of a group of elves wake Santa, who looks
// what for; for each reason once.
void SantaClaus(bool right) {
  constexpr int kReindeer = 2;
  constexpr int kElves = 1;
  rt::Mutex mutex;
  int elves = 0, reindeer = 0, sleighs = 0;
  Semaphore santa(0), hitched(0), helped(0);
  UntilNobodyMoves(
      [&] {
        for (int i = 0; i < 2; ++i) {
          santa.Wait();
          mutex.Lock();
          if (reindeer == kReindeer) {
            ++sleighs;
            EXPECT_EQ(sleighs, 1);
            hitched.Signal(kReindeer);
            if (right) reindeer = 0;
          } else {
            EXPECT_EQ(elves, kElves);
            helped.Signal(kElves);
            elves = 0;
          }
          mutex.Unlock();
        }
      },
      [&] {
        mutex.Lock();
        if (++reindeer == kReindeer) santa.Signal();
        mutex.Unlock();
        hitched.Wait();
      },
      [&] {
        mutex.Lock();
        if (++reindeer == kReindeer) santa.Signal();
        mutex.Unlock();
        hitched.Wait();
      },
      [&] {
        mutex.Lock();
        if (++elves == kElves) santa.Signal();
        mutex.Unlock();
        helped.Wait();
      });
}

// 5.6: two atoms of hydrogen and one of oxygen bond. Whoever makes three
// complete lets them go on; the oxygen gives the mutex back when all have.
void BuildingH2O(bool right) {
  rt::Mutex mutex;
  int oxygen = 0, hydrogen = 0;
  Semaphore oxygen_queue(0), hydrogen_queue(0);
  Barrier barrier(3);
  auto bond = [&] {
    hydrogen -= 2;
    hydrogen_queue.Signal(2);
    oxygen -= 1;
    oxygen_queue.Signal();
  };
  auto make_hydrogen = [&] {
    mutex.Lock();
    ++hydrogen;
    bool enough = hydrogen >= 2 || !right;
    if (enough && oxygen >= 1) {
      bond();
    } else {
      mutex.Unlock();
    }
    hydrogen_queue.Wait();
    barrier.Wait();
  };
  auto make_oxygen = [&] {
    mutex.Lock();
    ++oxygen;
    if (hydrogen >= 2) {
      bond();
    } else {
      mutex.Unlock();
    }
    oxygen_queue.Wait();
    barrier.Wait();
    mutex.Unlock();
  };
  Together(make_hydrogen, make_oxygen, make_hydrogen);
}

// 5.7: a boat for two of one kind, or one of each of two (in the book, twice as
// many). The captain rows when all have boarded.
void RiverCrossing(bool right) {
  constexpr int kBoat = 2;
  rt::Mutex mutex;
  int waiting = 0;
  Semaphore queue(0);
  Barrier all_aboard(kBoat);
  std::atomic<int> boarded = 0;
  auto cross = [&] {
    mutex.Lock();
    bool captain = ++waiting == kBoat;
    if (captain) {
      waiting = 0;
      queue.Signal(kBoat);
    } else {
      mutex.Unlock();
    }
    queue.Wait();
    ++boarded;
    if (right) all_aboard.Wait();
    if (!captain) return;
    EXPECT_EQ(boarded % kBoat, 0);
    mutex.Unlock();
  };
  Together(cross, cross, cross, cross);
}

// 5.8: the car runs when all its passengers are in.
void RollerCoaster(bool right) {
  constexpr int kSeats = 2;
  rt::Mutex mutex;
  int boarders = 0, leavers = 0, aboard = 0;
  Semaphore board(0), leave(0), all_aboard(0), all_ashore(0);
  auto ride = [&] {
    board.Wait();
    mutex.Lock();
    ++aboard;
    if (++boarders == (right ? kSeats : 1)) {
      all_aboard.Signal();
      boarders = 0;
    }
    mutex.Unlock();
    leave.Wait();
    mutex.Lock();
    --aboard;
    if (++leavers == kSeats) {
      all_ashore.Signal();
      leavers = 0;
    }
    mutex.Unlock();
  };
  Together(ride, ride, [&] {
    board.Signal(kSeats);
    all_aboard.Wait();
    mutex.Lock();
    EXPECT_EQ(aboard, kSeats);
    mutex.Unlock();
    leave.Signal(kSeats);
    all_ashore.Wait();
    EXPECT_EQ(aboard, 0);
  });
}

// -----------------------------------------------------------------------------

const Pair kProblems[] = {
    {"DiningSavages",
     Verdict::kRace,
     {"`servings`"},
     &DiningSavages,
     /*endless=*/true},
    {"Barbershop", Verdict::kRace, {"`visits_`"}, &Barbershop},
    {"FifoBarbershop", Verdict::kRace, {"`queue`"}, &FifoBarbershop},
    {"SantaClaus",
     Verdict::kWrong,
     {"sleighs"},
     &SantaClaus,
     /*endless=*/true},
    {"BuildingH2O", Verdict::kDeadlock, {"`mutex`"}, &BuildingH2O},
    {"RiverCrossing", Verdict::kWrong, {"boarded % kBoat"}, &RiverCrossing},
    {"RollerCoaster", Verdict::kWrong, {"aboard"}, &RollerCoaster},
};

using LittleBookTest = PairTest;

TEST_P(LittleBookTest, IsBroken) { RefusesTheWrongOne(); }
TEST_P(LittleBookTest, IsRepaired) { VerifiesTheRightOne(); }
TEST_P(LittleBookTest, IsToldShortly) { TellsTheWrongOneShortly(); }

INSTANTIATE_TEST_SUITE_P(Problems, LittleBookTest, testing::ValuesIn(kProblems),
                         rt::testing::RowName());

}  // namespace
