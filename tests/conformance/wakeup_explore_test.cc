// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The scheduler's wake-up protocol under the explorer (D-006, D-064): no
// goroutine waits while a P is idle, no timer is forgotten, and nobody calls it
// a deadlock while something is to come.

#include <atomic>
#include <cstdint>
#include <ostream>

#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/explorer/explore.h"
#include "runtime/internal/goroutine.h"
#include "runtime/internal/host.h"
#include "runtime/internal/raw_mutex.h"
#include "runtime/internal/sched.h"
#include "runtime/internal/timer.h"
#include "runtime/internal/timer_heap.h"
#include "runtime/runtime.h"
#include "tests/conformance/scheduler_doubles.h"

namespace rt::internal {
namespace {

using ::rt::explorer::CheckQuietly;
using ::rt::explorer::Options;
using ::rt::explorer::Result;
using ::rt::explorer::Search;
using ::rt::explorer::Verdict;
using ::rt::explorer::VerdictText;

constexpr int64_t kMillisecond = 1'000'000;

Goroutine* MakeOne(ExploredScheduler* explored, WaitGroup* ran) {
  ran->Add(1);
  return explored->Make([ran](M*) { ran->Done(); });
}

struct OneShot {
  explicit OneShot(WaitGroup* ran) : ran(ran) {}
  static void Fire(Timer* timer, int64_t /*now_ns*/) {
    reinterpret_cast<OneShot*>(timer)->ran->Done();
  }
  Timer timer{&Fire};  // First: Fire gets its address.
  WaitGroup* ran;
};

// The main goroutine, on the first of `ms` M's; the others have just run out of
// work.
struct Row {
  const char* name;
  void (*main)(ExploredScheduler* explored, M* m);
  uint64_t preemptions = 1;
  int ms = 2;
  bool late = false;  // The last M has no P yet.
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

const Row kRows[] = {
    {"Spawn",
     [](ExploredScheduler* explored, M* m) {
       WaitGroup ran;
       explored->Spawn(m, MakeOne(explored, &ran));
       ran.Wait();
       explored->Exit(m);
     },
     /*preemptions=*/2},
    {"SpawnWhenOneIsLate",
     [](ExploredScheduler* explored, M* m) {
       WaitGroup ran;
       explored->Spawn(m, MakeOne(explored, &ran));
       ran.Wait();
       explored->Exit(m);
     },
     /*preemptions=*/2, /*ms=*/2, /*late=*/true},
    {"Ready",
     [](ExploredScheduler* explored, M* m) {
       WaitGroup ran;
       explored->Ready(m, MakeOne(explored, &ran));
       ran.Wait();
       explored->Exit(m);
     },
     /*preemptions=*/2},
    // By a thread that has no P.
    {"Inject",
     [](ExploredScheduler* explored, M* m) {
       WaitGroup ran;
       Goroutine* g = MakeOne(explored, &ran);
       ran.Go([=] { explored->scheduler().Inject(g); });
       ran.Wait();
       explored->Exit(m);
     }},
    // Each waits for the other, so all three M's have to run.
    {"TwoAtOnce",
     [](ExploredScheduler* explored, M* m) {
       WaitGroup begun;
       WaitGroup ran;
       begun.Add(2);
       ran.Add(2);
       for (int i = 0; i < 2; ++i) {
         explored->Spawn(m, explored->Make([&](M*) {
           begun.Done();
           begun.Wait();
           ran.Done();
         }));
       }
       ran.Wait();
       explored->Exit(m);
     },
     /*preemptions=*/1, /*ms=*/3},
    // The P of a goroutine that is in a system call, with one that could run.
    {"HandOff",
     [](ExploredScheduler* explored, M* m) {
       WaitGroup ran;
       GoroutineList overflow;
       P* p = m->p;
       p->queue.PushBack(MakeOne(explored, &ran), &overflow);
       m->Take(nullptr);
       explored->scheduler().HandOff(p);
       ran.Wait();
       explored->Exit(m);
     }},
    {"Timer",
     [](ExploredScheduler* explored, M* m) {
       WaitGroup ran;
       ran.Add(1);
       OneShot timer(&ran);
       if (m->p->timers.Start(&timer.timer, kMillisecond, /*period_ns=*/0)) {
         explored->scheduler().TimerMoved(kMillisecond);
       }
       ran.Wait();
       TimerHeap::Stop(&timer.timer);
       explored->Exit(m);
     }},
    // All M's fall asleep, and one has to wait for the time.
    {"Sleep",
     [](ExploredScheduler* explored, M* m) {
       Goroutine* g = explored->Make([=](M* m) {
         EXPECT_GE(host::NowNs(), kMillisecond);
         explored->Exit(m);
       });
       if (m->p->timers.AddSleeper(kMillisecond, g)) {
         explored->scheduler().TellTimerMoved(m);
       }
     }},
    // The earlier one is started while the other M begins to wait for the
    // later one.
    {"AnEarlierTimer",
     [](ExploredScheduler* explored, M* m) {
       WaitGroup ran;
       ran.Add(2);
       OneShot late(&ran);
       OneShot early(&ran);
       for (OneShot* timer : {&late, &early}) {
         int64_t when_ns = timer == &late ? 1000 * kMillisecond : kMillisecond;
         if (m->p->timers.Start(&timer->timer, when_ns, /*period_ns=*/0)) {
           explored->scheduler().TimerMoved(when_ns);
         }
       }
       ran.Wait();
       EXPECT_EQ(host::NowNs(), 1000 * kMillisecond);
       for (OneShot* timer : {&late, &early}) TimerHeap::Stop(&timer->timer);
       explored->Exit(m);
     }},
};

void Explored(const Row& row) {
  ExploredScheduler explored(/*procs=*/row.ms);
  explored.Start(row.late ? row.ms - 1 : row.ms,
                 [&](M* m) { row.main(&explored, m); });
  if (row.late) explored.StartLate();
}

Options Preempting(uint64_t times) {
  Options options;
  options.search = Search::kBounded;
  options.max_preemptions = times;
  options.max_executions = 1'000'000;
  options.max_fruitless_reads = 40;  // Who looks for work looks four times.
  return options;
}

class WakeupTest : public ::testing::TestWithParam<Row> {};

INSTANTIATE_TEST_SUITE_P(Rows, WakeupTest, ::testing::ValuesIn(kRows),
                         [](const auto& row) { return row.param.name; });

TEST_P(WakeupTest, NobodyIsForgotten) {
  const Row& row = GetParam();
  Result result =
      CheckQuietly(Preempting(row.preemptions), [&] { Explored(row); });
  EXPECT_TRUE(result.passed()) << result.summary;
  EXPECT_EQ(result.complete_preemptions, row.preemptions);
}

// Two of four M's look for work, so the third one may not. Then there is some
// for each, of which the two, that find theirs, have to tell it.
TEST(WakeupExploreTest, WhoMayNotLookIsNotForgotten) {
  Result result = CheckQuietly(Preempting(0), [] {
    WaitGroup looking, there, begun, ran;
    std::atomic<int> looked = 0;
    looking.Add(2);
    there.Add(1);
    begun.Add(3);
    ran.Add(3);
    ExploredScheduler explored(/*procs=*/4);
    explored.OnSpin([&] {
      if (explored.scheduler().spinning > 2) host::Fatal("three look");
      if (looked.fetch_add(1) >= 2) return;
      looking.Done();
      there.Wait();
    });
    explored.Start(/*ms=*/4, [&](M* m) {
      {
        RawLock nobody_falls_asleep(explored.scheduler().mu);
        looking.Wait();
        for (int i = 0; i < 3; ++i) {
          explored.Spawn(m, explored.Make([&](M*) {
            begun.Done();
            begun.Wait();
            ran.Done();
          }));
        }
      }
      there.Done();
      ran.Wait();
      explored.Exit(m);
    });
  });
  EXPECT_TRUE(result.passed()) << result.summary;
  EXPECT_EQ(result.complete_preemptions, 0u);
}

// Both run out of work at the same time.
TEST(WakeupExploreTest, OneOfTwoLooksForWork) {
  Result result = CheckQuietly(Preempting(2), [] {
    ExploredScheduler explored(/*procs=*/2);
    explored.OnSpin([&] {
      if (explored.scheduler().spinning > 1) host::Fatal("both look");
    });
    explored.Start(/*ms=*/2, [&](M* m) {
      Goroutine* g = explored.Make([&](M* m) { explored.Exit(m); });
      if (m->p->timers.AddSleeper(kMillisecond, g)) {
        explored.scheduler().TellTimerMoved(m);
      }
    });
  });
  EXPECT_TRUE(result.passed()) << result.summary;
  EXPECT_EQ(result.complete_preemptions, 2u);
}

TEST(WakeupExploreTest, WhoAnnouncesWorkBeforeItIsThereIsFound) {
  const Row row = {"", [](ExploredScheduler* explored, M* m) {
                     WaitGroup ran;
                     GoroutineList overflow;
                     explored->scheduler().WakeIfUseful();
                     m->p->queue.PushNext(MakeOne(explored, &ran), &overflow);
                     ran.Wait();
                     explored->Exit(m);
                   }};
  Result result = CheckQuietly(Preempting(2), [&] { Explored(row); });
  EXPECT_STREQ(VerdictText(result.verdict), VerdictText(Verdict::kDeadlock));
}

}  // namespace
}  // namespace rt::internal
