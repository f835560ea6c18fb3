// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Who waits for whom, as CheckDeadlocks and the report of a deadlock tell it.

#include <atomic>
#include <functional>
#include <mutex>
#include <ostream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/runtime.h"
#include "tests/support/failure.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using ::testing::MatchesRegex;
using testing::WaitUntilBlocked;

Mutex a;
Mutex b;
RWMutex rw;
Once once;

// `pattern` with @ for a place in this file and # for a number.
std::string Expand(const std::string& pattern) {
  std::string result;
  for (char ch : pattern) {
    if (ch == '@') {
      result += "tests/conformance/deadlock_report_test.cc:[0-9]+";
    } else if (ch == '#') {
      result += "[0-9]+";
    } else if (ch == '(' || ch == ')') {
      result += std::string("\\") + ch;
    } else {
      result += ch;
    }
  }
  return result;
}

// Locks `first`, then `second`, when somebody else has that; gives back the
// second only.
void LockBoth(Mutex& first, Mutex& second, WaitGroup& both) {
  std::unique_lock lock(first);
  both.Done();
  both.Wait();
  second.Lock();
  second.Unlock();
  lock.release();
}

using DeadlockReportTest = testing::RuntimeTest;
RT_INSTANTIATE(DeadlockReportTest);

TEST_P(DeadlockReportTest, TwoOfManyAreStuck) {
  Main([] {
    EXPECT_EQ(CheckDeadlocks(), "");
    WaitGroup both;
    both.Add(2);
    Go(LockBoth, std::ref(a), std::ref(b), std::ref(both));
    Go(LockBoth, std::ref(b), std::ref(a), std::ref(both));
    auto never = MakeChan<int>();
    Go([=] { never.Recv(); });
    WaitUntilBlocked(3);
    const std::string lock = "Mutex rt::(anonymous namespace)::[ab]";
    EXPECT_THAT(
        CheckDeadlocks(),
        MatchesRegex(Expand("deadlock: goroutines # and # wait for each other\n"
                            "\tgoroutine # locked " +
                            lock + " at @ and waits at @ for " + lock +
                            "\n\tgoroutine # locked " + lock +
                            " at @ and waits at @ for " + lock + "\n")));
    // Whoever is in none of the circle may break it; here, one of the two then
    // ends with its lock.
    a.Unlock();
    testing::YieldUntil([] { return NumGoroutine() == 3; });
    EXPECT_THAT(
        CheckDeadlocks(),
        MatchesRegex(Expand(
            "blocked: goroutine # waits at @ for Mutex rt::(anonymous "
            "namespace)::b, which goroutine # locked at @ and did not unlock "
            "before it ended\n")));
    b.Unlock();
    never.Close();
    testing::YieldUntil([] { return NumGoroutine() == 1; });
    EXPECT_EQ(CheckDeadlocks(), "");
  });
}

TEST_P(DeadlockReportTest, ManyInACircle) {
  Main([] {
    constexpr int kCount = 5;
    Mutex mu[kCount];
    WaitGroup all;
    all.Add(kCount);
    for (int i = 0; i < kCount; ++i) {
      Go(LockBoth, std::ref(mu[i]), std::ref(mu[(i + 1) % kCount]),
         std::ref(all));
    }
    WaitUntilBlocked(kCount);
    const std::string line =
        "\tgoroutine # locked Mutex 0x[0-9a-f]+ at @ and waits at @ for Mutex "
        "0x[0-9a-f]+\n";
    EXPECT_THAT(CheckDeadlocks(),
                MatchesRegex(Expand(
                    "deadlock: goroutines #, #, #, # and # wait for each other "
                    "in a circle\n" +
                    line + line + line + line + line)));
    for (Mutex& each : mu) {
      each.Unlock();
      testing::YieldUntil([&] { return NumGoroutine() <= kCount; });
    }
    testing::YieldUntil([] { return NumGoroutine() == 1; });
  });
}

TEST_P(DeadlockReportTest, AHolderThatGoesOnIsNone) {
  Main([] {
    Mutex mu;
    mu.Lock();
    WaitGroup waits;
    waits.Go([&] {
      mu.Lock();
      mu.Unlock();
    });
    WaitUntilBlocked(1);
    EXPECT_EQ(CheckDeadlocks(), "");  // Asked by the holder.
    std::string other;
    WaitGroup wg;
    wg.Go([&] { other = CheckDeadlocks(); });
    wg.Wait();
    EXPECT_EQ(other, "");  // The holder waits, but for no lock.
    mu.Unlock();
    waits.Wait();
  });
}

// Locks taken in one order never wait in a circle, whenever one looks.
TEST_P(DeadlockReportTest, NoFalseAlarm) {
  Main([] {
    Mutex mu[3];
    std::atomic<bool> stop{false};
    WaitGroup wg;
    for (int g = 0; g < 6; ++g) {
      wg.Go([&, g] {
        for (int i = g; !stop; ++i) {
          std::scoped_lock outer(mu[i % 2]);
          std::scoped_lock inner(mu[i % 2 + 1]);
          if (i % 3 == 0) Gosched();
        }
      });
    }
    for (int i = 0; i < 50; ++i) {
      EXPECT_EQ(CheckDeadlocks(), "");
      Gosched();
    }
    stop = true;
    wg.Wait();
  });
}

// --- At the end of a program -------------------------------------------------

struct Row {
  const char* name;
  void (*body)();
  const char* stderr_pattern;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

const Row kRows[] = {
    {"WaitsForItself",
     [] {
       a.Lock();
       a.Lock();
     },
     "^fatal error: all goroutines are asleep - deadlock!\n\n"
     "goroutine 1 \\[sync.Mutex.Lock\\]:\n.*\n\n"
     "deadlock: goroutine 1 waits for itself\n"
     "\tgoroutine 1 locked Mutex rt::(anonymous namespace)::a at @ and waits "
     "at @ for it\n$"},
    {"AStaticOfALambda",
     [] {
       static Mutex own;
       own.Lock();
       own.Lock();
     },
     "goroutine 1 locked Mutex rt::(anonymous namespace)::.*lambda.*::own "
     "at @ and waits at @ for it\n$"},
    {"OnceInItself", [] { once.Do([] { once.Do([] {}); }); },
     "^fatal error: all goroutines are asleep - deadlock!\n\n"
     "goroutine 1 \\[sync.Once.Do\\]:\n.*\n\n"
     "deadlock: goroutine 1 waits for itself\n"
     "\tgoroutine 1 began Once rt::(anonymous namespace)::once at @ and waits "
     "at @ for it\n$"},
    {"OnceAndMutex",
     [] {
       WaitGroup both;
       both.Add(2);
       Go([&] {
         a.Lock();
         both.Done();
         both.Wait();
         once.Do([] {});
       });
       once.Do([&] {
         both.Done();
         both.Wait();
         a.Lock();
       });
     },
     "\n\ndeadlock: goroutines 1 and # wait for each other\n"
     "\tgoroutine 1 began Once rt::(anonymous namespace)::once at @ and waits "
     "at @ for Mutex rt::(anonymous namespace)::a\n"
     "\tgoroutine # locked Mutex rt::(anonymous namespace)::a at @ and waits "
     "at @ for Once rt::(anonymous namespace)::once\n$"},
    {"WriterAmongItsReaders",
     [] {
       rw.RLock();
       rw.Lock();
     },
     "\n\nblocked: goroutine 1 waits at @ for RWMutex rt::(anonymous "
     "namespace)::rw, which is locked for reading\n$"},
    {"ReaderBehindAWriter",
     [] {
       rw.RLock();
       Go([] { rw.Lock(); });
       WaitUntilBlocked(1);
       rw.RLock();
     },
     "\n\nblocked: goroutine 1 waits at @ for RWMutex rt::(anonymous "
     "namespace)::rw, which goroutine # wants to lock at @; it is in "
     "sync.RWMutex.Lock\n"
     "blocked: goroutine # waits at @ for RWMutex rt::(anonymous "
     "namespace)::rw, which is locked for reading\n$"},
    {"TwoInACircle",
     [] {
       WaitGroup both;
       both.Add(2);
       Go(LockBoth, std::ref(a), std::ref(b), std::ref(both));
       LockBoth(b, a, both);
     },
     "\n\ndeadlock: goroutines 1 and # wait for each other\n"
     "\tgoroutine 1 locked Mutex rt::(anonymous namespace)::b at @ and waits "
     "at @ for Mutex rt::(anonymous namespace)::a\n"
     "\tgoroutine # locked Mutex rt::(anonymous namespace)::a at @ and waits "
     "at @ for Mutex rt::(anonymous namespace)::b\n$"},
    {"HolderEnded",
     [] {
       WaitGroup wg;
       wg.Go([] { a.Lock(); });
       wg.Wait();
       a.Lock();
     },
     "\n\nblocked: goroutine 1 waits at @ for Mutex rt::(anonymous "
     "namespace)::a, which goroutine # locked at @ and did not unlock before "
     "it ended\n$"},
    {"HolderWaitsForSomethingElse",
     [] {
       auto never = MakeChan<int>();
       Go([=] {
         a.Lock();
         never.Recv();
       });
       WaitUntilBlocked(1);
       a.Lock();
     },
     "\n\nblocked: goroutine 1 waits at @ for Mutex rt::(anonymous "
     "namespace)::a, which goroutine # locked at @; it is in chan receive\n$"},
    {"TakenByTryLock",
     [] {
       if (a.TryLock()) a.Lock();
     },
     "deadlock: goroutine 1 waits for itself\n"
     "\tgoroutine 1 locked Mutex rt::(anonymous namespace)::a at @ and waits "
     "at @ for it\n$"},
    {"WriterWaitsForItself",
     [] {
       static RWMutex rw;
       std::scoped_lock first(rw);
       std::scoped_lock second(rw);
     },
     "deadlock: goroutine 1 waits for itself\n"
     "\tgoroutine 1 locked RWMutex .*rw at @ and waits at @ for it\n$"},
    {"ReaderWaitsForItsWriteLock",
     [] {
       static RWMutex rw;
       rw.Lock();
       rw.RLock();
     },
     "deadlock: goroutine 1 waits for itself\n"
     "\tgoroutine 1 locked RWMutex .*rw at @ and waits at @ for it\n$"},
    {"NoLocks", [] { MakeChan<int>().Recv(); }, "\\[chan receive\\]:\n.*@\n$"},
};

class DeadlockEndTest : public ::testing::TestWithParam<Row> {};

INSTANTIATE_TEST_SUITE_P(Rows, DeadlockEndTest, ::testing::ValuesIn(kRows),
                         [](const auto& row) { return row.param.name; });

TEST_P(DeadlockEndTest, SaysWhoWaitsForWhom) {
  testing::ExpectDeath(GetParam().body, Expand(GetParam().stderr_pattern));
}

}  // namespace
}  // namespace rt
