// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The sync primitives under the explorer: what it must find, each beside a near
// miss that must pass, and what its report must name.

#include <mutex>
#include <shared_mutex>

#include "gtest/gtest.h"
#include "runtime/explorer/explore.h"
#include "runtime/runtime.h"
#include "tests/support/explore_test.h"

namespace {

using ::rt::explorer::Verdict;
using ::rt::testing::RowName;

using Case = ::rt::testing::ExploreCase;
using SyncExploreTest = ::rt::testing::ExploreTest;

TEST_P(SyncExploreTest, IsJudged) { Judge(); }

// --- Cond
// ---------------------------------------------------------------------

// A parameter is what makes the difference between right and wrong.

void WaitForFlag(bool look_first) {
  bool done = false;
  rt::Mutex mu;
  rt::Cond cond(&mu);
  rt::WaitGroup wg;
  wg.Go([&] {
    mu.Lock();
    done = true;
    cond.Signal();
    mu.Unlock();
  });
  mu.Lock();
  if (look_first) {
    while (!done) cond.Wait();
  } else {
    cond.Wait();  // For a Signal that has perhaps been.
  }
  mu.Unlock();
  wg.Wait();
}

// Two consumers, one item at a time: who is woken may find it taken.
void TakeItems(bool loop) {
  int items = 0;
  rt::Mutex mu;
  rt::Cond cond(&mu);
  rt::WaitGroup wg;
  for (int i = 0; i < 2; ++i) {
    wg.Go([&] {
      std::scoped_lock lock(mu);
      if (loop) {
        cond.Wait([&] { return items > 0; });
      } else if (items == 0) {
        cond.Wait();
      }
      --items;
      EXPECT_GE(items, 0);
    });
  }
  for (int i = 0; i < 2; ++i) {
    mu.Lock();
    ++items;
    mu.Unlock();
    cond.Broadcast();
  }
  wg.Wait();
}

// Two wait for the same thing.
void ReleaseTwo(bool broadcast) {
  bool go = false;
  rt::Mutex mu;
  rt::Cond cond(&mu);
  rt::WaitGroup wg;
  for (int i = 0; i < 2; ++i) {
    wg.Go([&] {
      std::scoped_lock lock(mu);
      while (!go) cond.Wait();
    });
  }
  mu.Lock();
  go = true;
  mu.Unlock();
  if (broadcast) {
    cond.Broadcast();
  } else {
    cond.Signal();
  }
  wg.Wait();
}

// A Signal orders what it wakes, without a lock.
void ReadAfterWakeUp(bool write_first) {
  int value = 0;
  rt::Mutex mu;
  rt::Cond cond(&mu);
  rt::WaitGroup wg;
  mu.Lock();
  wg.Go([&] {
    mu.Lock();  // Main waits, or it could not be had.
    mu.Unlock();
    if (write_first) value = 1;
    cond.Signal();
    if (!write_first) value = 1;
  });
  cond.Wait();
  EXPECT_GE(value, 0);
  mu.Unlock();
  wg.Wait();
}

// --- RWMutex
// ------------------------------------------------------------------

void WriteUnder(bool write_lock) {
  int n = 0;
  rt::RWMutex mu;
  rt::WaitGroup wg;
  for (int i = 0; i < 2; ++i) {
    wg.Go([&] {
      if (write_lock) {
        std::scoped_lock lock(mu);
        ++n;
      } else {
        std::shared_lock lock(mu);
        ++n;
      }
    });
  }
  wg.Wait();
}

void ReadersAndAWriter() {
  int n = 0;
  rt::RWMutex mu;
  rt::WaitGroup wg;
  for (int i = 0; i < 2; ++i) {
    wg.Go([&] {
      std::shared_lock lock(mu);
      EXPECT_LE(n, 1);
    });
  }
  wg.Go([&] {
    std::scoped_lock lock(mu);
    ++n;
  });
  wg.Wait();
  std::shared_lock lock(mu);
  EXPECT_EQ(n, 1);
}

// A reader that asks again while it reads: a writer may have come in between.
void ReadTwice(bool nested) {
  rt::RWMutex mu;
  rt::WaitGroup wg;
  wg.Go([&] {
    mu.RLock();
    if (!nested) mu.RUnlock();
    mu.RLock();
    mu.RUnlock();
    if (nested) mu.RUnlock();
  });
  wg.Go([&] {
    mu.Lock();
    mu.Unlock();
  });
  wg.Wait();
}

// From reading to writing there is no way but to give back.
void Upgrade(bool give_back) {
  rt::RWMutex mu;
  mu.RLock();
  if (give_back) mu.RUnlock();
  mu.Lock();
  mu.Unlock();
  if (!give_back) mu.RUnlock();
}

void TryWhileRead(bool read) {
  int n = 0;
  rt::RWMutex mu;
  rt::WaitGroup wg;
  wg.Go([&] {
    mu.RLock();
    EXPECT_LE(n, 1);
    mu.RUnlock();
  });
  if (read ? mu.TryRLock() : mu.TryLock()) {
    ++n;
    if (read) {
      mu.RUnlock();
    } else {
      mu.Unlock();
    }
  }
  wg.Wait();
}

// --- Once
// ---------------------------------------------------------------------

void ReadWhatWasOnceWritten(bool through_once) {
  int n = 0;
  rt::Once once;
  rt::WaitGroup wg;
  for (int i = 0; i < 2; ++i) {
    wg.Go([&, i] {
      if (through_once || i == 0) once.Do([&] { ++n; });
      EXPECT_LE(n, 1);
    });
  }
  wg.Wait();
  EXPECT_EQ(n, 1);
}

void DoInsideDo(bool same) {
  rt::Once a, b;
  a.Do([&] { (same ? a : b).Do([] {}); });
}

void LoadOnce(bool once) {
  int loads = 0;
  auto load = [&] { return ++loads; };
  auto load_once = rt::OnceValue(load);
  rt::WaitGroup wg;
  for (int i = 0; i < 2; ++i) {
    wg.Go([&] {
      int got = once ? load_once() : load();
      EXPECT_EQ(got, 1);
    });
  }
  wg.Wait();
}

INSTANTIATE_TEST_SUITE_P(
    Cond, SyncExploreTest,
    testing::Values(
        Case{"look_first", Verdict::kPassed, [] { WaitForFlag(true); }},
        Case{"lost_signal", Verdict::kDeadlock, [] { WaitForFlag(false); },
             "main waits for a Signal or Broadcast that never comes"},
        Case{"loop", Verdict::kPassed, [] { TakeItems(true); }},
        Case{"if_instead_of_loop", Verdict::kWrong, [] { TakeItems(false); }},
        Case{"broadcast", Verdict::kPassed, [] { ReleaseTwo(true); }},
        Case{"signal_for_two", Verdict::kDeadlock, [] { ReleaseTwo(false); },
             "waits for a Signal or Broadcast that never comes"},
        Case{"read_after_wake_up", Verdict::kPassed,
             [] { ReadAfterWakeUp(true); }},
        Case{"write_after_signal", Verdict::kRace,
             [] { ReadAfterWakeUp(false); }}),
    RowName());

INSTANTIATE_TEST_SUITE_P(
    RWMutex, SyncExploreTest,
    testing::Values(
        Case{"write_under_lock", Verdict::kPassed, [] { WriteUnder(true); }},
        Case{"write_under_rlock", Verdict::kRace, [] { WriteUnder(false); }},
        Case{"readers_and_a_writer", Verdict::kPassed, ReadersAndAWriter},
        Case{"rlock_after_runlock", Verdict::kPassed, [] { ReadTwice(false); }},
        Case{"rlock_inside_rlock", Verdict::kDeadlock, [] { ReadTwice(true); },
             "waits for `mu`"},
        Case{"lock_after_runlock", Verdict::kPassed, [] { Upgrade(true); }},
        Case{"lock_inside_rlock", Verdict::kDeadlock, [] { Upgrade(false); },
             "main waits for `mu`, which it holds itself"},
        Case{"try_lock", Verdict::kPassed, [] { TryWhileRead(false); }},
        Case{"write_under_try_rlock", Verdict::kRace,
             [] { TryWhileRead(true); }},
        Case{"unlock_of_unlocked", Verdict::kPanic,
             [] { rt::RWMutex().Unlock(); },
             "fatal error: sync: Unlock of unlocked RWMutex"},
        Case{"runlock_of_unlocked", Verdict::kPanic,
             [] { rt::RWMutex().RUnlock(); },
             "fatal error: sync: RUnlock of unlocked RWMutex"}),
    RowName());

INSTANTIATE_TEST_SUITE_P(
    Once, SyncExploreTest,
    testing::Values(
        Case{"do_at_both", Verdict::kPassed,
             [] { ReadWhatWasOnceWritten(true); }},
        Case{"do_at_one", Verdict::kRace,
             [] { ReadWhatWasOnceWritten(false); }},
        Case{"another_once_inside", Verdict::kPassed,
             [] { DoInsideDo(false); }},
        Case{"itself_inside", Verdict::kDeadlock, [] { DoInsideDo(true); },
             "main waits for `a`, whose function never returns"},
        Case{"once_value", Verdict::kPassed, [] { LoadOnce(true); }},
        Case{"value_without_once", Verdict::kRace, [] { LoadOnce(false); }}),
    RowName());

}  // namespace
