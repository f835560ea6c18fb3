// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The timer heap by itself: against a model that does the simple thing, and
// from several threads at once.

#include "runtime/internal/timer_heap.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <random>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/internal/g.h"
#include "runtime/internal/timer.h"

namespace rt::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A timer that writes down when it was called.
struct Recorder {
  explicit Recorder(int id) : id(id) {}
  static void Fire(Timer* timer, int64_t now_ns) {
    // Standard layout up to here: the timer is the first member.
    auto* self = reinterpret_cast<Recorder*>(timer);
    self->calls.push_back(now_ns);
  }
  Timer timer{&Fire};
  const int id;
  std::vector<int64_t> calls;
};

// Whom RunDue wakes, in order.
std::vector<G*> Due(TimerHeap& heap, int64_t now_ns) {
  std::vector<G*> woken;
  heap.RunDue(now_ns, [&](G* g) { woken.push_back(g); });
  return woken;
}

TEST(TimerHeapTest, WakesInTheOrderOfTime) {
  TimerHeap heap;
  G g[4];
  EXPECT_EQ(heap.NextNs(), TimerHeap::kNever);
  EXPECT_TRUE(heap.AddSleeper(20, &g[0]));
  EXPECT_FALSE(heap.AddSleeper(30, &g[1]));
  EXPECT_TRUE(heap.AddSleeper(10, &g[2]));
  EXPECT_FALSE(heap.AddSleeper(25, &g[3]));
  EXPECT_EQ(heap.NextNs(), 10);
  EXPECT_THAT(Due(heap, 9), IsEmpty());
  EXPECT_THAT(Due(heap, 25), ElementsAre(&g[2], &g[0], &g[3]));
  EXPECT_THAT(Due(heap, 25), IsEmpty());
  EXPECT_EQ(heap.NextNs(), 30);
  heap.Clear();
  EXPECT_EQ(heap.NextNs(), TimerHeap::kNever);
}

TEST(TimerHeapTest, StopTellsWhetherItWasArmed) {
  TimerHeap heap;
  Recorder r(0);
  EXPECT_FALSE(TimerHeap::Stop(&r.timer));  // Never armed.
  EXPECT_TRUE(heap.Start(&r.timer, 10, 0));
  EXPECT_TRUE(TimerHeap::Stop(&r.timer));
  EXPECT_FALSE(TimerHeap::Stop(&r.timer));
  EXPECT_EQ(heap.NextNs(), TimerHeap::kNever);
  heap.Start(&r.timer, 10, 0);
  EXPECT_THAT(Due(heap, 12), IsEmpty());
  EXPECT_THAT(r.calls, ElementsAre(12));
  EXPECT_FALSE(TimerHeap::Stop(&r.timer));  // It has been called.
}

TEST(TimerHeapTest, StartMovesAnArmedTimer) {
  TimerHeap heap;
  Recorder r(0);
  heap.Start(&r.timer, 10, 0);
  EXPECT_FALSE(heap.Start(&r.timer, 20, 0));
  Due(heap, 15);
  EXPECT_THAT(r.calls, IsEmpty());
  EXPECT_TRUE(heap.Start(&r.timer, 16, 0));
  Due(heap, 16);
  EXPECT_THAT(r.calls, ElementsAre(16));
}

TEST(TimerHeapTest, APeriodLeavesOutWhatWasMissed) {
  TimerHeap heap;
  Recorder r(0);
  heap.Start(&r.timer, 10, 5);
  for (int64_t now_ns : {10, 14, 15, 27, 29, 30}) Due(heap, now_ns);
  EXPECT_THAT(r.calls, ElementsAre(10, 15, 27, 30));
  EXPECT_EQ(heap.NextNs(), 35);
  EXPECT_TRUE(TimerHeap::Stop(&r.timer));
}

TEST(TimerHeapTest, ALongPeriodDoesNotOverflow) {
  TimerHeap heap;
  Recorder r(0);
  heap.Start(&r.timer, 10, TimerHeap::kNever);
  Due(heap, 10);
  EXPECT_EQ(heap.NextNs(), TimerHeap::kNever - 1);
  EXPECT_TRUE(TimerHeap::Stop(&r.timer));
}

TEST(TimerHeapTest, ARetiredHeapGivesAllToItsHeir) {
  TimerHeap heaps[2];  // As the scheduler has them: the heir comes first.
  TimerHeap& heir = heaps[0];
  TimerHeap& heap = heaps[1];
  Recorder armed(0);
  Recorder later(1);
  G g[2];
  heap.Start(&armed.timer, 10, 0);
  heap.AddSleeper(11, &g[0]);
  EXPECT_TRUE(heap.Retire(&heir));
  EXPECT_EQ(heap.NextNs(), TimerHeap::kNever);
  EXPECT_FALSE(heap.Start(&later.timer, 20, 0));
  heap.AddSleeper(12, &g[1]);
  EXPECT_EQ(heap.NextNs(), TimerHeap::kNever);
  EXPECT_THAT(Due(heir, 12), ElementsAre(&g[0], &g[1]));
  EXPECT_THAT(armed.calls, ElementsAre(12));
  EXPECT_EQ(heir.NextNs(), 20);
  heap.Retire(nullptr);
  EXPECT_TRUE(TimerHeap::Stop(&later.timer));
  EXPECT_TRUE(heap.Start(&later.timer, 30, 0));
  EXPECT_EQ(heap.NextNs(), 30);
  EXPECT_TRUE(TimerHeap::Stop(&later.timer));
}

// Random operations, beside a map from times to numbers.
TEST(TimerHeapTest, DoesWhatAMapDoes) {
  constexpr int kTimers = 700;  // The heap grows more than once.
  std::mt19937 random(7);
  auto below = [&](int n) { return static_cast<int>(random() % n); };
  TimerHeap heap;
  std::deque<Recorder> timers;
  for (int i = 0; i < kTimers; ++i) timers.emplace_back(i);
  std::map<int, int64_t> armed;  // Number -> when.
  std::deque<G> sleepers;
  std::multiset<int64_t> asleep;
  int64_t now_ns = 0;
  for (int step = 0; step < 20'000; ++step) {
    int i = below(kTimers);
    int64_t when_ns = now_ns + 1 + below(1000);
    switch (below(4)) {
      case 0:
      case 1:
        heap.Start(&timers[i].timer, when_ns, 0);
        armed[i] = when_ns;
        break;
      case 2:
        EXPECT_EQ(TimerHeap::Stop(&timers[i].timer), armed.erase(i) == 1);
        break;
      case 3:
        sleepers.emplace_back();
        heap.AddSleeper(when_ns, &sleepers.back());
        asleep.insert(when_ns);
        break;
    }
    int64_t next_ns = asleep.empty() ? TimerHeap::kNever : *asleep.begin();
    for (const auto& [_, when] : armed) next_ns = std::min(next_ns, when);
    ASSERT_EQ(heap.NextNs(), next_ns);
    if (below(10) != 0) continue;
    now_ns += below(50);
    size_t woken = 0;
    heap.RunDue(now_ns, [&](G*) { ++woken; });
    auto due = asleep.upper_bound(now_ns);
    EXPECT_EQ(woken, std::distance(asleep.begin(), due));
    asleep.erase(asleep.begin(), due);
    for (auto at = armed.begin(); at != armed.end();) {
      Recorder& r = timers[at->first];
      if (at->second > now_ns) {
        EXPECT_THAT(r.calls, IsEmpty());
        ++at;
      } else {
        EXPECT_THAT(r.calls, ElementsAre(now_ns));
        r.calls.clear();
        at = armed.erase(at);
      }
    }
  }
  heap.Clear();
}

// Two threads run what is due; the test's thread stops and destroys timers.
// AddressSanitizer and ThreadSanitizer see whether a call comes after that.
TEST(TimerHeapTest, NoCallAfterStop) {
  struct Counted {
    static void Fire(Timer* timer, int64_t) {
      auto* self = reinterpret_cast<Counted*>(timer);
      EXPECT_FALSE(self->inside.exchange(true)) << "two calls at once";
      ++self->calls;
      self->inside = false;
    }
    Timer timer{&Fire};
    std::atomic<bool> inside{false};
    int calls = 0;  // Plain: calls are one after the other.
  };
  TimerHeap heaps[2];
  std::atomic<bool> done{false};
  std::atomic<int64_t> now_ns{1};
  std::vector<std::thread> runners;
  for (int i = 0; i < 2; ++i) {
    runners.emplace_back([&] {
      while (!done) {
        for (TimerHeap& heap : heaps) heap.RunDue(++now_ns, [](G*) {});
        std::this_thread::yield();
      }
    });
  }
  int calls = 0;
  for (int round = 0; round < 3'000 || calls == 0; ++round) {
    Counted timers[4];
    for (int i = 0; i < 4; ++i) {
      heaps[i % 2].Start(&timers[i].timer, now_ns + i, i % 2 == 0 ? 0 : 1);
    }
    if (round % 4 == 1) std::this_thread::yield();
    if (round % 16 == 2) {  // Its timers move while they are called.
      heaps[1].Retire(&heaps[0]);
      heaps[1].Retire(nullptr);
    }
    for (Counted& timer : timers) {
      if (round % 4 == 3) heaps[0].Start(&timer.timer, now_ns, 0);
      TimerHeap::Stop(&timer.timer);
      calls += timer.calls;
    }
  }
  done = true;
  for (std::thread& runner : runners) runner.join();
  for (TimerHeap& heap : heaps) EXPECT_EQ(heap.NextNs(), TimerHeap::kNever);
}

}  // namespace
}  // namespace rt::internal
