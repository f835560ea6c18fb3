// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Chapters 6 and 7 of the "Little Book of Semaphores", not so and not remotely
// classical problems; see little_book_3_test.cc.
//
// In many of them a mutex is handed on: who takes it lets somebody else go on,
// who then has it and gives it back.

#include <atomic>

#include "gtest/gtest.h"
#include "runtime/runtime.h"
#include "tests/explorer/classics.h"
#include "tests/explorer/pairs.h"
#include "tests/support/explore_test.h"

namespace {

using namespace classics;  // NOLINT: its words are the language of this file.

// --- 6: not-so-classical problems --------------------------------------------

// 6.1: searchers may be there with one inserter; who deletes is alone.
void SearchInsertDelete(bool right) {
  Lightswitch search_switch, insert_switch;
  Semaphore no_searcher(1), no_inserter(1), insert_mutex(1);
  int first = 0, last = 0;  // Of the list.
  auto search = [&] {
    search_switch.Lock(no_searcher);
    EXPECT_GE(first, 0);
    search_switch.Unlock(no_searcher);
  };
  auto insert = [&] {
    insert_switch.Lock(no_inserter);
    insert_mutex.Wait();
    ++last;
    insert_mutex.Signal();
    insert_switch.Unlock(no_inserter);
  };
  auto remove = [&] {
    no_searcher.Wait();
    if (right) no_inserter.Wait();
    ++first;
    --last;
    if (right) no_inserter.Signal();
    no_searcher.Signal();
  };
  Together(search, insert, remove, insert);
}

// 6.2: a switch for each sex: the light is on for those who switched it on.
void UnisexBathroom(bool right) {
  Lightswitch male_switch, female_switch;
  Lightswitch& womens_switch = right ? female_switch : male_switch;
  Semaphore empty(1);
  std::atomic<int> men = 0, women = 0;
  auto man = [&] {
    male_switch.Lock(empty);
    ++men;
    EXPECT_EQ(women, 0);
    --men;
    male_switch.Unlock(empty);
  };
  auto woman = [&] {
    womens_switch.Lock(empty);
    ++women;
    EXPECT_EQ(men, 0);
    --women;
    womens_switch.Unlock(empty);
  };
  Together(man, woman, man);
}

// 6.3: the rope carries so many at a time, and all in one direction. Who goes
// through the turnstile has to keep it until he has the rope, or those of his
// direction go on for ever.
void BaboonCrossing(bool right) {
  Lightswitch east_switch, west_switch;
  Semaphore rope(1), turnstile(1), multiplex(right ? 1 : 2);
  Room places(1);
  auto cross = [&](Lightswitch& mine) {
    turnstile.Wait();
    mine.Lock(rope);
    turnstile.Signal();
    multiplex.Wait();
    places.Visit();
    multiplex.Signal();
    mine.Unlock(rope);
  };
  Together([&] { cross(east_switch); }, [&] { cross(east_switch); },
           [&] { cross(west_switch); });
}

// --- 7: not remotely classical problems --------------------------------------

// 7.1: when all seats were taken, the next wait until all are free. Who was
// woken counts as eating from then on, and not when he comes to it.
void SushiBar(bool right) {
  constexpr int kSeats = 1;
  rt::Mutex mutex;
  Semaphore block(0);
  int eating = 0, waiting = 0;
  bool must_wait = false;
  Room seats(kSeats);
  auto eat = [&] {
    mutex.Lock();
    if (must_wait) {
      ++waiting;
      mutex.Unlock();
      block.Wait();
      if (!right) {
        mutex.Lock();
        --waiting;
        ++eating;
        must_wait = eating == kSeats;
        mutex.Unlock();
      }
    } else {
      ++eating;
      must_wait = eating == kSeats;
      mutex.Unlock();
    }
    seats.Visit();
    mutex.Lock();
    if (--eating == 0) {
      int n = waiting < kSeats ? waiting : kSeats;
      if (right) {
        waiting -= n;
        eating += n;
      }
      must_wait = right && eating == kSeats;
      block.Signal(n);
    }
    mutex.Unlock();
  };
  Together(eat, eat, eat);
}

// 7.2: one adult for each two children, who go when the first adult does. Two
// who want to leave must not keep each other from it.
void ChildCare(bool right) {
  rt::Mutex mutex;
  Semaphore multiplex(2);  // Of two adults, with two children there.
  auto leave = [&](int children) {
    if (right) mutex.Lock();
    multiplex.Wait();
    multiplex.Wait();
    if (right) mutex.Unlock();
    multiplex.Signal(children);
  };
  Together([&] { leave(2); }, [&] { leave(2); });
}

// 7.3: the dean comes in when nobody is there, to search, or too many, to break
// up the party; else he waits, and who lets him in hands him the mutex.
void RoomParty(bool right) {
  enum class Dean { kAway, kWaiting, kInside };
  constexpr int kParty = 2;
  rt::Mutex mutex;
  int students = 0;
  Dean dean = Dean::kAway;
  Semaphore turn(1), clear(0), lie_in(0);
  auto student = [&] {
    mutex.Lock();
    if (dean == Dean::kInside) {
      mutex.Unlock();
      turn.Wait();
      turn.Signal();
      mutex.Lock();
    }
    if (++students == kParty && dean == Dean::kWaiting) {
      lie_in.Signal();
    } else {
      mutex.Unlock();
    }
    mutex.Lock();  // After the party.
    --students;
    if (students == 0 && dean == Dean::kWaiting) {
      lie_in.Signal();
    } else if (students == 0 && dean == Dean::kInside) {
      clear.Signal();
    } else {
      mutex.Unlock();
    }
  };
  Together(student, student, [&] {
    mutex.Lock();
    if (students > 0 && students < kParty) {
      dean = Dean::kWaiting;
      mutex.Unlock();
      lie_in.Wait();
      if (!right) mutex.Lock();
    }
    EXPECT_TRUE(students == 0 || students >= kParty);
    if (students > 0) {
      dean = Dean::kInside;
      turn.Wait();
      mutex.Unlock();
      clear.Wait();
      turn.Signal();
    }
    dean = Dean::kAway;
    mutex.Unlock();
  });
}

// 7.4: who comes when the bus is there waits for the next.
void SenateBus(bool right) {
  rt::Mutex mutex;
  int riders = 0;
  Semaphore bus(0), all_aboard(0);
  auto ride = [&] {
    mutex.Lock();
    ++riders;
    mutex.Unlock();
    bus.Wait();
    if (--riders == 0) {
      all_aboard.Signal();
    } else {
      bus.Signal();
    }
  };
  UntilNobodyMoves(ride, ride, [&] {
    for (int i = 0; i < 2; ++i) {
      mutex.Lock();
      bool somebody = riders > 0;
      if (!right) mutex.Unlock();
      if (somebody) {
        bus.Signal();
        all_aboard.Wait();
      }
      if (right) mutex.Unlock();
    }
  });
}

// 7.5: nobody comes in while the judge is there, who waits for those to sign in
// that are.
void FaneuilHall(bool right) {
  rt::Mutex no_judge, mutex;
  int entered = 0, checked = 0;
  bool judge_inside = false;
  Semaphore all_signed_in(0), confirmed(0);
  auto immigrant = [&] {
    no_judge.Lock();
    ++entered;
    no_judge.Unlock();
    mutex.Lock();
    ++checked;
    if (judge_inside && entered == checked) {
      all_signed_in.Signal();
    } else {
      mutex.Unlock();
    }
    confirmed.Wait();
    no_judge.Lock();  // Nor does anybody leave.
    no_judge.Unlock();
  };
  UntilNobodyMoves(immigrant, immigrant, [&] {
    no_judge.Lock();
    mutex.Lock();
    judge_inside = true;
    if (right && entered > checked) {
      mutex.Unlock();
      all_signed_in.Wait();
    }
    EXPECT_EQ(entered, checked);
    confirmed.Signal(checked);
    entered = checked = 0;
    judge_inside = false;
    mutex.Unlock();
    no_judge.Unlock();
  });
}

// -----------------------------------------------------------------------------

const Pair kProblems[] = {
    {"SearchInsertDelete", Verdict::kRace, {"`last`"}, &SearchInsertDelete},
    {"UnisexBathroom", Verdict::kWrong, {"women"}, &UnisexBathroom},
    {"BaboonCrossing", Verdict::kWrong, {"inside_"}, &BaboonCrossing},
    {"SushiBar", Verdict::kWrong, {"inside_"}, &SushiBar},
    {"ChildCare",
     Verdict::kDeadlock,
     {"goroutine 2 waits for a value", "goroutine 3 waits for a value"},
     &ChildCare},
    {"RoomParty", Verdict::kDeadlock, {"`mutex`"}, &RoomParty},
    {"SenateBus", Verdict::kRace, {"`riders`"}, &SenateBus, /*endless=*/true},
    {"FaneuilHall",
     Verdict::kWrong,
     {"entered"},
     &FaneuilHall,
     /*endless=*/true},
};

using LittleBookTest = PairTest;

TEST_P(LittleBookTest, IsBroken) { RefusesTheWrongOne(); }
TEST_P(LittleBookTest, IsRepaired) { VerifiesTheRightOne(); }
TEST_P(LittleBookTest, IsToldShortly) { TellsTheWrongOneShortly(); }

INSTANTIATE_TEST_SUITE_P(Problems, LittleBookTest, testing::ValuesIn(kProblems),
                         rt::testing::RowName());

}  // namespace
