// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Programs of lessons on memory orders, right and wrong, with
// Options::weak_memory and without it; what a report says of old values; and
// where the history of a location begins and ends.

#include <atomic>
#include <cstddef>
#include <functional>
#include <new>
#include <ostream>
#include <string>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/explorer/engine.h"
#include "runtime/explorer/explore.h"
#include "runtime/explorer/report_json.h"
#include "runtime/explorer/report_text.h"
#include "runtime/runtime.h"

namespace rt::explorer {
namespace {

using std::atomic;
using std::memory_order;

constexpr memory_order kRelaxed = memory_order::relaxed;
constexpr memory_order kAcquire = memory_order::acquire;
constexpr memory_order kRelease = memory_order::release;
constexpr memory_order kAcqRel = memory_order::acq_rel;
constexpr memory_order kSeqCst = memory_order::seq_cst;

// Two goroutines do it, told which one they are.
void Two(const std::function<void(int)>& body) {
  rt::WaitGroup wg;
  for (int me = 0; me < 2; ++me) wg.Go([&body, me] { body(me); });
  wg.Wait();
}

// Whoever finds that the other does not want to, goes in (Dekker).
void Dekker(memory_order store, memory_order load, bool fence) {
  atomic<bool> wants[2] = {false, false};
  int n = 0;
  Two([&](int me) {
    wants[me].store(true, store);
    if (fence) std::atomic_thread_fence(kSeqCst);
    if (!wants[1 - me].load(load)) ++n;
  });
}

// Peterson: "Myths about the mutual exclusion problem" (1981).
void Peterson(memory_order store, memory_order load) {
  atomic<bool> wants[2] = {false, false};
  atomic<int> turn = 0;
  int n = 0;
  Two([&](int me) {
    wants[me].store(true, store);
    turn.store(1 - me, store);
    while (wants[1 - me].load(load) && turn.load(load) == 1 - me) {
    }
    ++n;
    wants[me].store(false, store);
  });
  EXPECT_EQ(n, 2);
}

void Spinlock(memory_order unlock) {
  atomic<bool> locked = false;
  int n = 0;
  Two([&](int) {
    while (locked.exchange(true, kAcquire)) {
    }
    ++n;
    locked.store(false, unlock);
  });
  EXPECT_EQ(n, 2);
}

// Looks before it tries.
void PatientSpinlock(memory_order lock) {
  atomic<bool> locked = false;
  int n = 0;
  Two([&](int) {
    do {
      while (locked.load(kRelaxed)) {
      }
    } while (locked.exchange(true, lock));
    ++n;
    locked.store(false, kRelease);
  });
  EXPECT_EQ(n, 2);
}

// Double-checked locking.
void MadeOnce(memory_order store, memory_order load) {
  rt::Mutex mu;
  int made = 0;
  atomic<int*> instance = nullptr;
  Two([&](int) {
    int* p = instance.load(load);
    if (p == nullptr) {
      mu.Lock();
      p = instance.load(kRelaxed);
      if (p == nullptr) {
        ++made;
        instance.store(p = &made, store);
      }
      mu.Unlock();
    }
    EXPECT_EQ(*p, 1);
  });
}

// Boehm: "Can seqlocks get along with programming language memory models?"
// (2012).
void Seqlock(bool fences) {
  atomic<unsigned> version = 0;
  atomic<int> a = 0, b = 0;
  Two([&](int me) {
    if (me == 0) {
      version.store(1, kRelaxed);
      if (fences) std::atomic_thread_fence(kRelease);
      a.store(1, kRelaxed);
      b.store(1, kRelaxed);
      version.store(2, kRelease);
      return;
    }
    unsigned before = version.load(kAcquire);
    int seen_a = a.load(kRelaxed);
    int seen_b = b.load(kRelaxed);
    if (fences) std::atomic_thread_fence(kAcquire);
    unsigned after = version.load(kRelaxed);
    if (before != after || before % 2 == 1) return;
    EXPECT_EQ(seen_a, seen_b);
  });
}

// Treiber: "Systems programming: coping with parallelism" (1986).
void Push(memory_order order) {
  struct Node {
    int value = 0;
    Node* next = nullptr;
  };
  Node nodes[2];
  atomic<Node*> top = nullptr;
  rt::WaitGroup wg;
  for (Node& node : nodes) {
    wg.Go([&] {
      node.value = 1;
      node.next = top.load(kRelaxed);
      while (!top.compare_exchange_weak(node.next, &node, order, kRelaxed)) {
      }
    });
  }
  wg.Go([&] {
    for (Node* n = top.load(kAcquire); n != nullptr; n = n->next) {
      EXPECT_EQ(n->value, 1);
    }
  });
  wg.Wait();
}

void CountedReferences(memory_order order) {
  int* value = new int(1);
  atomic<int> owners = 2;
  Two([&](int) {
    EXPECT_EQ(*value, 1);
    if (owners.fetch_sub(1, order) == 1) delete value;
  });
}

void StopFlag(bool fence) {
  atomic<bool> stop = false;
  Two([&](int me) {
    if (me == 0) stop.store(true, kRelaxed);
    while (!stop.load(kRelaxed)) {
      if (fence) std::atomic_thread_fence(kSeqCst);
    }
  });
}

// Two of the three are never set: who looks at them does not only look again,
// as long as there is something new to see at the third; so no time passes.
void AnyOfThree() {
  atomic<bool> flags[3] = {false, false, false};
  auto start = rt::Now();
  Two([&](int me) {
    if (me == 0) {
      flags[0].store(true, kRelaxed);
      rt::Sleep(absl::Seconds(1));
      return;
    }
    while (!flags[0].load(kRelaxed) && !flags[1].load(kRelaxed) &&
           !flags[2].load(kRelaxed)) {
    }
    EXPECT_EQ(rt::Now() - start, absl::ZeroDuration());
  });
}

// Each says what it does, then looks at what the other does: who falls asleep
// must not be missed.
void FallsAsleep(memory_order store, memory_order load) {
  atomic<bool> ready = false, sleeps = false;
  auto alarm = rt::MakeChan<int>(1);
  Two([&](int me) {
    if (me == 0) {
      sleeps.store(true, store);
      if (!ready.load(load)) alarm.Recv();
    } else {
      ready.store(true, store);
      if (sleeps.load(load)) alarm.Send(1);
    }
  });
}

struct Lesson {
  const char* name;
  std::function<void()> body;
  Verdict weak = Verdict::kPassed;
  Verdict strong = Verdict::kPassed;
};

void PrintTo(const Lesson& c, std::ostream* os) { *os << c.name; }

class LessonTest : public testing::TestWithParam<Lesson> {};

TEST_P(LessonTest, HasTheseVerdicts) {
  const Lesson& c = GetParam();
  for (bool weak_memory : {false, true}) {
    Options options;
    options.weak_memory = weak_memory;
    Result result = CheckQuietly(options, c.body);
    std::string report = TextReport(result, c.name);
    EXPECT_STREQ(VerdictText(result.verdict),
                 VerdictText(weak_memory ? c.weak : c.strong))
        << report;
    if (result.passed()) {
      EXPECT_TRUE(result.complete) << report;
    }
  }
}

const Lesson kLessons[] = {
    {"DekkerReleaseAcquire", [] { Dekker(kRelease, kAcquire, false); },
     Verdict::kRace},
    {"DekkerSeqCst", [] { Dekker(kSeqCst, kSeqCst, false); }},
    {"DekkerFences", [] { Dekker(kRelaxed, kRelaxed, true); }},
    {"PetersonRelaxed", [] { Peterson(kRelaxed, kRelaxed); }, Verdict::kRace,
     Verdict::kRace},
    {"PetersonReleaseAcquire", [] { Peterson(kRelease, kAcquire); },
     Verdict::kRace},
    {"PetersonSeqCst", [] { Peterson(kSeqCst, kSeqCst); }},
    {"SpinlockRelaxedUnlock", [] { Spinlock(kRelaxed); }, Verdict::kRace,
     Verdict::kRace},
    {"Spinlock", [] { Spinlock(kRelease); }},
    {"PatientSpinlockRelaxedLock", [] { PatientSpinlock(kRelaxed); },
     Verdict::kRace, Verdict::kRace},
    {"PatientSpinlock", [] { PatientSpinlock(kAcquire); }},
    {"MadeOnceRelaxed", [] { MadeOnce(kRelaxed, kRelaxed); }, Verdict::kRace,
     Verdict::kRace},
    {"MadeOnceNotAcquired", [] { MadeOnce(kRelease, kRelaxed); },
     Verdict::kRace, Verdict::kRace},
    {"MadeOnce", [] { MadeOnce(kRelease, kAcquire); }},
    {"SeqlockWithoutFences", [] { Seqlock(false); }, Verdict::kWrong},
    {"Seqlock", [] { Seqlock(true); }},
    {"PushRelaxed", [] { Push(kRelaxed); }, Verdict::kRace, Verdict::kRace},
    {"Push", [] { Push(kRelease); }},
    {"CountedReferencesRelaxed", [] { CountedReferences(kRelaxed); },
     Verdict::kMemory, Verdict::kMemory},
    {"CountedReferences", [] { CountedReferences(kAcqRel); }},
    {"StopFlag", [] { StopFlag(false); }},
    {"StopFlagAndFence", [] { StopFlag(true); }},
    {"AnyOfThree", &AnyOfThree},
    {"FallsAsleepReleaseAcquire", [] { FallsAsleep(kRelease, kAcquire); },
     Verdict::kDeadlock},
    {"FallsAsleep", [] { FallsAsleep(kSeqCst, kSeqCst); }},
};
INSTANTIATE_TEST_SUITE_P(Lessons, LessonTest, testing::ValuesIn(kLessons),
                         [](const auto& row) { return row.param.name; });

// The message is seen, and not what came before it.
void OldMessage() {
  atomic<int> message = 0, sent = 0;
  Two([&](int me) {
    if (me == 0) {
      message.store(7, kRelaxed);
      sent.store(1, kRelaxed);
    } else if (sent.load(kRelaxed) == 1) {
      EXPECT_EQ(message.load(kRelaxed), 7);
    }
  });
}

TEST(WeakMemoryReport, TellsWhatOldValueIsRead) {
  Options options;
  options.weak_memory = true;
  Result found = CheckQuietly(options, &OldMessage);
  std::string report = TextReport(found, "x");
  ASSERT_EQ(found.verdict, Verdict::kWrong) << report;
  EXPECT_NE(report.find("reads the old value 0"), std::string::npos) << report;
  EXPECT_NE(report.find(": goroutine 3 reads the old value 0, which goroutine "
                        "2's"),
            std::string::npos)
      << report;
  EXPECT_NE(JsonReport(found, "x").find("\"note\":\"goroutine 3 reads the old"),
            std::string::npos);
  options.replay = found.replay;
  Result again = CheckQuietly(options, &OldMessage);
  again.executions = found.executions;
  again.found_in = found.found_in;
  EXPECT_EQ(TextReport(again, "x"), report);
  EXPECT_EQ(JsonReport(again, "x"), JsonReport(found, "x"));
  // Without it that line leads nowhere.
  options.weak_memory = false;
  EXPECT_NE(CheckQuietly(options, &OldMessage).verdict, Verdict::kWrong);
}

// What lay at the same address before is not there any more.
TEST(WeakMemoryHistory, BeginsAnewWithAnotherObject) {
  Options options;
  options.weak_memory = true;
  CheckOutcomes(options, {"3", "4"}, [] {
    int seen = -1;
    alignas(atomic<int>) std::byte place[sizeof(atomic<int>)];
    for (int first : {1, 3}) {
      auto& x = *new (place) atomic<int>(first);
      Two([&](int me) {
        if (me == 0) {
          x.store(first + 1, kRelaxed);
        } else {
          seen = x.load(kRelaxed);
        }
      });
    }
    return std::to_string(seen);
  });
}

// One goroutine gets memory that another has given back.
TEST(WeakMemoryHistory, EndsWithTheMemory) {
  Options options;
  options.weak_memory = true;
  options.may_lose_memory = true;  // What is handed out here is on a stack.
  options.search = Search::kNaive;
  CheckOutcomes(options, {"1", "not yet"}, [] {
    std::string outcome = "not yet";
    // With what the heap has around a block.
    alignas(8) std::byte memory[8 + sizeof(atomic<int>) + 16];
    std::byte* place = memory + 8;
    auto& x = *new (place) atomic<int>(0);
    Gauge users;
    Two([&](int me) {
      if (me == 0) {
        x.store(1, kRelaxed);
        users.Enter();
        return;
      }
      rt::Gosched();
      if (users.Enter() == 1) return;
      {
        EngineScope scope;
        Engine::Active()->OnAllocate(place, sizeof(atomic<int>));
      }
      auto& again = *new (place) atomic<int>(1);
      outcome = std::to_string(again.load(kRelaxed));
    });
    return outcome;
  });
}

}  // namespace
}  // namespace rt::explorer
