// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Chapter 4 of the "Little Book of Semaphores", classical synchronisation
// problems; see little_book_3_test.cc.

#include <atomic>
#include <deque>
#include <mutex>

#include "gtest/gtest.h"
#include "runtime/explorer/explore.h"
#include "runtime/runtime.h"
#include "tests/explorer/classics.h"
#include "tests/explorer/pairs.h"
#include "tests/support/explore_test.h"

namespace {

using namespace classics;  // NOLINT: its words are the language of this file.

// --- 4: classical synchronisation problems -----------------------------------

// 4.1: who holds the mutex while he waits for items keeps them out.
void ProducerConsumer(bool right) {
  rt::Mutex mutex;
  Semaphore items(0);
  std::deque<int> buffer;
  auto produce = [&] {
    mutex.Lock();
    buffer.push_back(1);
    mutex.Unlock();
    items.Signal();
  };
  auto consume = [&] {
    if (right) items.Wait();
    mutex.Lock();
    if (!right) items.Wait();
    EXPECT_FALSE(buffer.empty());
    buffer.pop_front();
    mutex.Unlock();
  };
  Together(produce, consume, produce, consume);
}

// 4.1.4: spaces are waited for as items are.
void FiniteBuffer(bool right) {
  constexpr int kSize = 1;
  rt::Mutex mutex;
  Semaphore items(0), spaces(kSize);
  std::deque<int> buffer;
  Together(
      [&] {
        for (int i = 0; i < 3; ++i) {
          if (right) spaces.Wait();
          mutex.Lock();
          buffer.push_back(i);
          EXPECT_LE(buffer.size(), kSize);
          mutex.Unlock();
          items.Signal();
        }
      },
      [&] {
        for (int i = 0; i < 3; ++i) {
          items.Wait();
          mutex.Lock();
          EXPECT_EQ(buffer.front(), i);
          buffer.pop_front();
          mutex.Unlock();
          spaces.Signal();
        }
      });
}

// 4.2: the last reader who leaves lets a writer in, not each of them.
void ReadersWriters(bool right) {
  rt::Mutex mutex;
  int readers = 0;
  Semaphore room_empty(1);
  int page = 0;
  auto read = [&] {
    mutex.Lock();
    if (++readers == 1) room_empty.Wait();
    mutex.Unlock();
    EXPECT_GE(page, 0);
    mutex.Lock();
    if (--readers == 0 || !right) room_empty.Signal();
    mutex.Unlock();
  };
  auto write = [&] {
    room_empty.Wait();
    ++page;
    room_empty.Signal();
  };
  Together(read, read, write);
}

// 4.2.3: a writer stops new readers at a turnstile, and must turn it again.
void NoStarveReadersWriters(bool right) {
  Lightswitch read_switch;
  Semaphore room_empty(1), turnstile(1);
  int page = 0;
  auto read = [&] {
    turnstile.Wait();
    turnstile.Signal();
    read_switch.Lock(room_empty);
    EXPECT_GE(page, 0);
    read_switch.Unlock(room_empty);
  };
  auto write = [&] {
    turnstile.Wait();
    room_empty.Wait();
    ++page;
    if (right) turnstile.Signal();
    room_empty.Signal();
  };
  Together(read, read, write);
}

// 4.2.4: while there are writers no reader comes in. Both sides take two
// things; not in opposite order.
void WriterPriorityReadersWriters(bool right) {
  Lightswitch read_switch, write_switch;
  Semaphore no_readers(1), no_writers(1);
  int page = 0;
  auto read = [&] {
    no_readers.Wait();
    read_switch.Lock(no_writers);
    no_readers.Signal();
    EXPECT_GE(page, 0);
    read_switch.Unlock(no_writers);
  };
  auto write = [&] {
    if (!right) no_writers.Wait();
    write_switch.Lock(no_readers);
    if (right) no_writers.Wait();
    ++page;
    no_writers.Signal();
    write_switch.Unlock(no_readers);
  };
  Together(read, write, read);
}

// 4.3, Morris's algorithm: who is between the two doors is let through before
// those outside. One of the doors is closed.
void NoStarveMutex(bool right) {
  rt::Mutex mutex;
  int room1 = 0, room2 = 0;
  Semaphore door1(1), door2(right ? 0 : 1);
  Section section;
  auto thread = [&] {
    mutex.Lock();
    ++room1;
    mutex.Unlock();
    door1.Wait();
    ++room2;
    mutex.Lock();
    bool last = --room1 == 0;
    mutex.Unlock();
    (last ? door2 : door1).Signal();
    door2.Wait();
    --room2;
    section.Visit();
    (room2 == 0 ? door1 : door2).Signal();
  };
  Together(thread, thread, thread);
}

// Three at a table, with a fork between each two.
struct Table {
  static constexpr int kPlaces = 3;

  rt::Mutex& Fork(int i) { return forks[i % kPlaces]; }
  void Dine(int first, int second) {
    Fork(first).Lock();
    Fork(second).Lock();
    ++meals[first % kPlaces];
    ++meals[second % kPlaces];
    Fork(second).Unlock();
    Fork(first).Unlock();
  }

  rt::Mutex forks[kPlaces];
  int meals[kPlaces] = {};  // That each fork was used for.
};

// 4.4: with one place less than philosophers somebody can eat.
void DiningPhilosophersAndFootman(bool right) {
  Table table;
  Semaphore footman(right ? Table::kPlaces - 1 : Table::kPlaces);
  auto philosopher = [&](int i) {
    footman.Wait();
    table.Dine(i, i + 1);
    footman.Signal();
  };
  Together([&] { philosopher(0); }, [&] { philosopher(1); },
           [&] { philosopher(2); });
}

// 4.4: or with one who is left-handed.
void DiningPhilosophersOneLeftie(bool right) {
  Table table;
  Together([&] { table.Dine(0, 1); }, [&] { table.Dine(1, 2); },
           [&] { right ? table.Dine(0, 2) : table.Dine(2, 0); });
}

// 4.4, Tanenbaum's solution: who stops to eat looks for neighbours who wait.
void DiningPhilosophersTanenbaum(bool right) {
  enum class State { kThinking, kHungry, kEating };
  constexpr int kPlaces = 3;
  rt::Mutex mutex;
  State state[kPlaces] = {};
  Semaphore may_eat[kPlaces] = {Semaphore(0), Semaphore(0), Semaphore(0)};
  auto look = [&](int i) {
    if (state[i] != State::kHungry ||
        state[(i + 1) % kPlaces] == State::kEating ||
        state[(i + 2) % kPlaces] == State::kEating) {
      return;
    }
    state[i] = State::kEating;
    may_eat[i].Signal();
  };
  Section meal;  // With three places each has the other two for neighbours.
  auto philosopher = [&](int i) {
    mutex.Lock();
    state[i] = State::kHungry;
    look(i);
    mutex.Unlock();
    may_eat[i].Wait();
    meal.Visit();
    mutex.Lock();
    state[i] = State::kThinking;
    look((i + 1) % kPlaces);
    if (right) look((i + 2) % kPlaces);
    mutex.Unlock();
  };
  Together([&] { philosopher(0); }, [&] { philosopher(1); },
           [&] { philosopher(2); });
}

// 4.5: two of three things are on the table. A smoker who takes the first one
// that he needs may keep it from who needs both; so pushers look what there is.
void CigaretteSmokers(bool right) {
  rt::Mutex mutex;
  Semaphore things[3] = {Semaphore(0), Semaphore(0), Semaphore(0)};
  Semaphore smokers[3] = {Semaphore(0), Semaphore(0), Semaphore(0)};
  bool there[3] = {};
  std::atomic<int> cigarettes = 0;
  auto push = [&](int thing) {  // Or be a smoker who has that thing.
    int next = (thing + 1) % 3, last = (thing + 2) % 3;
    if (!right) {
      things[next].Wait();
      things[last].Wait();
      ++cigarettes;
      return;
    }
    things[thing].Wait();
    std::scoped_lock lock(mutex);
    if (there[next]) {
      smokers[last].Signal();
    } else if (there[last]) {
      smokers[next].Signal();
    } else {
      there[thing] = true;
    }
  };
  auto smoke = [&](int thing) {
    smokers[thing].Wait();
    ++cigarettes;
  };
  int has = static_cast<int>(rt::explorer::Choose(3));
  things[(has + 1) % 3].Signal();
  things[(has + 2) % 3].Signal();
  UntilNobodyMoves([&] { push(0); }, [&] { push(1); }, [&] { push(2); },
                   [&] { smoke(has); });
  EXPECT_EQ(cigarettes, 1);
}

// -----------------------------------------------------------------------------

const Pair kProblems[] = {
    {"ProducerConsumer", Verdict::kDeadlock, {"`mutex`"}, &ProducerConsumer},
    {"FiniteBuffer", Verdict::kWrong, {"buffer.size()"}, &FiniteBuffer},
    {"ReadersWriters", Verdict::kRace, {"`page`"}, &ReadersWriters},
    {"NoStarveReadersWriters",
     Verdict::kDeadlock,
     {"goroutine 3 waits for a value"},
     &NoStarveReadersWriters},
    {"WriterPriorityReadersWriters",
     Verdict::kDeadlock,
     {"goroutine 3 waits for a value", "goroutine 4 waits for a value"},
     &WriterPriorityReadersWriters},
    {"NoStarveMutex", Verdict::kRace, {"`room2`"}, &NoStarveMutex},
    {"DiningPhilosophersAndFootman",
     Verdict::kDeadlock,
     {"goroutine 2 waits for `table.forks[1]`, which goroutine 3 holds",
      "goroutine 4 waits for `table.forks[0]`, which goroutine 2 holds"},
     &DiningPhilosophersAndFootman},
    {"DiningPhilosophersOneLeftie",
     Verdict::kDeadlock,
     {"goroutine 2 waits for `table.forks[1]`, which goroutine 3 holds",
      "goroutine 4 waits for `table.forks[0]`, which goroutine 2 holds"},
     &DiningPhilosophersOneLeftie},
    {"DiningPhilosophersTanenbaum",
     Verdict::kDeadlock,
     {"goroutine 3 waits for a value"},
     &DiningPhilosophersTanenbaum},
    {"CigaretteSmokers",
     Verdict::kWrong,
     {"cigarettes"},
     &CigaretteSmokers,
     /*endless=*/true},
};

using LittleBookTest = PairTest;

TEST_P(LittleBookTest, IsBroken) { RefusesTheWrongOne(); }
TEST_P(LittleBookTest, IsRepaired) { VerifiesTheRightOne(); }
TEST_P(LittleBookTest, IsToldShortly) { TellsTheWrongOneShortly(); }

INSTANTIATE_TEST_SUITE_P(Problems, LittleBookTest, testing::ValuesIn(kProblems),
                         rt::testing::RowName());

}  // namespace
