// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Every diagnosis: a body that provokes it, and beside it a near miss that must
// pass.

#include <atomic>
#include <cstdlib>
#include <functional>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/explorer/explore.h"
#include "runtime/runtime.h"

namespace {

using ::rt::explorer::CheckQuietly;
using ::rt::explorer::Options;
using ::rt::explorer::Result;
using ::rt::explorer::Verdict;
using ::rt::explorer::VerdictText;

struct Case {
  const char* name;
  Verdict verdict;
  std::function<void()> body;
};

void PrintTo(const Case& c, std::ostream* os) { *os << c.name; }

class VerdictTest : public testing::TestWithParam<Case> {};

TEST_P(VerdictTest, IsGiven) {
  Result result = CheckQuietly(Options(), GetParam().body);
  EXPECT_STREQ(VerdictText(result.verdict), VerdictText(GetParam().verdict))
      << result.summary << "\n"
      << result.expectation;
  EXPECT_EQ(result.found_in == 0, result.passed());
}

// `pass` is a parameter so that the pairs differ in one thing only.

void Increment(bool locked) {
  int n = 0;
  rt::Mutex mu;
  rt::WaitGroup wg;
  for (int i = 0; i < 2; ++i) {
    wg.Go([&] {
      if (locked) mu.Lock();
      ++n;
      if (locked) mu.Unlock();
    });
  }
  wg.Wait();
}

void ReadAfterWait(bool wait) {
  auto n = std::make_unique<int>(0);
  rt::WaitGroup wg;
  wg.Go([&] { *n = 1; });
  if (wait) wg.Wait();
  volatile bool seen = *n == 1;
  static_cast<void>(seen);
  wg.Wait();
}

// The library copies and compares vectors of numbers with memmove and memcmp.
// Their size is not known to the compiler, which could expand the call.
size_t Three() {
  volatile size_t three = 3;
  return three;
}

void CopyAfterWait(bool wait) {
  std::vector<int> numbers(Three());
  rt::WaitGroup wg;
  wg.Go([&] { numbers[1] = 1; });
  if (wait) wg.Wait();
  std::vector<int> copy = numbers;
  wg.Wait();
  EXPECT_EQ(copy.size(), 3u);
}

// The library is compiled with some functions of std::string in it, which tell
// nobody of their accesses.
void AppendAfterWait(bool wait) {
  std::string text = "a";
  rt::WaitGroup wg;
  wg.Go([&] { text.append("b"); });
  if (wait) wg.Wait();
  text.append("c");
  wg.Wait();
}

void IndexUpTo(size_t last) {
  std::vector<int> numbers(Three());
  volatile int seen = numbers[last];
  static_cast<void>(seen);
}

void CompareAfterWait(bool wait) {
  const std::vector<int> zeros(Three());
  std::vector<int> numbers(Three());
  rt::WaitGroup wg;
  wg.Go([&] { numbers[1] = 0; });
  if (wait) wg.Wait();
  EXPECT_TRUE(numbers == zeros);
  wg.Wait();
}

void MessagePassing(std::memory_order store, std::memory_order load) {
  int data = 0;
  std::atomic<bool> ready = false;
  rt::WaitGroup wg;
  wg.Go([&] {
    data = 1;
    ready.store(true, store);
  });
  wg.Go([&] {
    if (ready.load(load)) data = 2;
  });
  wg.Wait();
}

void MessagePassingByFences(bool fences) {
  int data = 0;
  std::atomic<bool> ready = false;
  rt::WaitGroup wg;
  wg.Go([&] {
    data = 1;
    if (fences) std::atomic_thread_fence(std::memory_order_release);
    ready.store(true, std::memory_order_relaxed);
  });
  wg.Go([&] {
    if (!ready.load(std::memory_order_relaxed)) return;
    if (fences) std::atomic_thread_fence(std::memory_order_acquire);
    data = 2;
  });
  wg.Wait();
}

// Neighbouring bytes are different places.
void Bytes(int second) {
  char bytes[8] = {};
  rt::WaitGroup wg;
  wg.Go([&] { bytes[3] = 1; });
  wg.Go([&] { bytes[second] = 1; });
  wg.Wait();
}

// Two blocks at one address, one after the other, are different memory.
void ReusedMemory() {
  rt::WaitGroup wg;
  for (int i = 0; i < 2; ++i) {
    wg.Go([] {
      for (int k = 0; k < 3; ++k) {
        auto p = std::make_unique<int>(k);
        rt::Gosched();
        *p += 1;
      }
    });
  }
  wg.Wait();
}

void SharedPointer() {
  auto shared = std::make_shared<int>(1);
  rt::WaitGroup wg;
  for (int i = 0; i < 3; ++i) {
    wg.Go([shared] {
      volatile int seen = *shared;
      static_cast<void>(seen);
    });
  }
  shared.reset();
  wg.Wait();
}

void TwoLocks(bool same_order) {
  rt::Mutex a, b;
  rt::WaitGroup wg;
  wg.Go([&] {
    a.Lock();
    b.Lock();
    b.Unlock();
    a.Unlock();
  });
  wg.Go([&] {
    rt::Mutex& first = same_order ? a : b;
    rt::Mutex& second = same_order ? b : a;
    first.Lock();
    second.Lock();
    second.Unlock();
    first.Unlock();
  });
  wg.Wait();
}

void SendAndReceive(int capacity, bool receive) {
  auto c = rt::MakeChan<int>(capacity);
  rt::Go([=] { c.Send(1); });
  if (receive) c.Recv();
}

void LostUpdate(bool atomically) {
  std::atomic<int> n = 0;
  rt::WaitGroup wg;
  for (int i = 0; i < 2; ++i) {
    wg.Go([&] {
      if (atomically) {
        ++n;
      } else {
        n = n + 1;
      }
    });
  }
  wg.Wait();
  EXPECT_EQ(n, 2);
}

void AddInside(bool inside) {
  int n = 0;
  rt::Mutex mu;
  rt::WaitGroup wg;
  if (!inside) wg.Add(1);
  rt::Go([&] {
    if (inside) wg.Add(1);
    mu.Lock();
    n = 1;
    mu.Unlock();
    wg.Done();
  });
  wg.Wait();
  mu.Lock();
  EXPECT_EQ(n, 1);
  mu.Unlock();
  rt::Sleep(absl::Seconds(1));  // wg lives on this stack.
}

void Throw(bool caught) {
  rt::WaitGroup wg;
  wg.Go([caught] {
    if (!caught) throw rt::Panic("on purpose");
    try {
      throw rt::Panic("on purpose");
    } catch (const rt::Panic&) {
      rt::Gosched();  // Another goroutine runs inside a catch block.
    }
  });
  wg.Go([] {
    try {
      throw std::runtime_error("on purpose");
    } catch (const std::runtime_error&) {
      rt::Gosched();
    }
  });
  wg.Wait();
}

void Poll(bool set, bool yield) {
  std::atomic<bool> done = false;
  rt::WaitGroup wg;
  wg.Go([&] {
    while (!done) {
      if (yield) rt::Gosched();
    }
  });
  if (set) done = true;
  wg.Wait();
}

void PollUnderLock(bool set) {
  bool done = false;
  rt::Mutex mu;
  rt::WaitGroup wg;
  wg.Go([&] {
    for (;;) {
      mu.Lock();
      bool stop = done;
      mu.Unlock();
      if (stop) return;
    }
  });
  if (set) {
    mu.Lock();
    done = true;
    mu.Unlock();
  }
  wg.Wait();
}

// It gives up by itself.
void PollTenTimes() {
  std::atomic<bool> done = false;
  for (int i = 0; i < 10; ++i) {
    if (done) return;
  }
}

// It may give up before the other one has begun.
void GiveUpAfterSomeTries(bool expect_patience) {
  std::atomic<bool> ready{false};
  std::atomic<bool> gave_up{false};
  rt::WaitGroup wg;
  wg.Go([&] {
    for (int tries = 0; tries < 3; ++tries) {
      if (ready.load()) return;
    }
    gave_up.store(true);
  });
  bool patient = !gave_up.load();
  ready.store(true);
  wg.Wait();
  EXPECT_TRUE(patient || !expect_patience);
}

void SpinLock() {
  std::atomic<bool> taken = false;
  int n = 0;
  rt::WaitGroup wg;
  for (int i = 0; i < 2; ++i) {
    wg.Go([&] {
      while (taken.exchange(true, std::memory_order_acquire)) {
      }
      ++n;
      taken.store(false, std::memory_order_release);
    });
  }
  wg.Wait();
  EXPECT_EQ(n, 2);
}

// `wait`: for the other one, before Blocking; inside of it nobody can.
void LockInsideBlocking(bool wait) {
  rt::Mutex mu;
  rt::WaitGroup wg;
  wg.Go([&] {
    mu.Lock();
    mu.Unlock();
  });
  if (wait) wg.Wait();
  rt::Blocking([&] {
    mu.Lock();
    mu.Unlock();
  });
  wg.Wait();
}

[[gnu::noinline]] int Depth(int n) {
  volatile char frame[256] = {};
  frame[n % 256] = 1;
  return n == 0 ? 0 : Depth(n - 1) + frame[n % 256];
}

[[gnu::noinline]] int LargeFrame() {
  volatile int grid[512][512];
  int at = 0;
  asm volatile("" : "+r"(at));  // Or the compiler keeps one element only.
  grid[at][at] = 1;
  return grid[at][at];
}

// UndefinedBehaviorSanitizer would end the program before the explorer sees it.
__attribute__((no_sanitize("undefined"))) void Dereference(bool null) {
  volatile int n = 0;
  volatile int* volatile p = null ? nullptr : &n;
  *p = 1;
}

// `wait`: the owner waits for the goroutine that uses its memory.
void FreeBesideUse(bool wait) {
  rt::WaitGroup wg;
  auto n = std::make_unique<int>(0);
  wg.Go([p = n.get()] { *p = 1; });
  if (wait) wg.Wait();
  n.reset();
  wg.Wait();
}

void FreeBeforeUse(bool use) {
  auto n = std::make_unique<volatile int>(0);
  volatile int* volatile p = n.get();
  n.reset();
  if (use) *p = 1;
}

// Returns while the goroutine still has the address of `n`, unless it waits.
[[gnu::noinline]] void Borrow(rt::WaitGroup& wg, rt::Chan<int> start,
                              bool wait) {
  volatile int n = 0;
  wg.Go([&n, start] {
    start.Recv();
    n = 1;
  });
  if (!wait) return;
  start.Close();
  wg.Wait();
}

void BorrowedLocal(bool wait) {
  rt::WaitGroup wg;
  auto start = rt::MakeChan<int>();
  Borrow(wg, start, wait);
  if (!wait) start.Close();
  wg.Wait();
}

// Every execution finds the globals as the program's start left them.
int global_count = 0;
std::vector<int> global_list;
std::vector<int> filled_list = {1, 2, 3};

void UseGlobals() {
  EXPECT_EQ(global_count, 0);
  EXPECT_EQ(global_list.size(), 0u);
  EXPECT_EQ(filled_list.size(), 3u);
  rt::Mutex mu;
  rt::WaitGroup wg;
  for (int i = 0; i < 3; ++i) {
    wg.Go([&] {
      mu.Lock();
      ++global_count;
      global_list.push_back(1);
      filled_list.push_back(4);
      mu.Unlock();
    });
  }
  wg.Wait();
  EXPECT_EQ(global_count, 3);
  EXPECT_EQ(global_list.size(), 3u);
  EXPECT_EQ(filled_list.size(), 6u);
}

std::atomic<int>* initialisations = nullptr;

int* Initialise() {
  ++*initialisations;
  rt::Gosched();  // Others come while it is at it.
  return new int(7);
}

// Whoever comes second waits for, and comes after, the initialisation.
void UseStatic() {
  std::atomic<int> count = 0;
  initialisations = &count;
  rt::WaitGroup wg;
  for (int i = 0; i < 2; ++i) {
    wg.Go([] {
      static const int* const seven = Initialise();
      EXPECT_EQ(*seven, 7);
    });
  }
  wg.Wait();
  EXPECT_EQ(count, 1);
}

INSTANTIATE_TEST_SUITE_P(
    Provoked, VerdictTest,
    testing::Values(
        Case{"increment", Verdict::kRace, [] { Increment(false); }},
        Case{"read_before_wait", Verdict::kRace, [] { ReadAfterWait(false); }},
        Case{"copy_before_wait", Verdict::kRace, [] { CopyAfterWait(false); }},
        Case{"compare_before_wait", Verdict::kRace,
             [] { CompareAfterWait(false); }},
        Case{"append_before_wait", Verdict::kRace,
             [] { AppendAfterWait(false); }},
        Case{"relaxed_store", Verdict::kRace,
             [] {
               MessagePassing(std::memory_order_relaxed,
                              std::memory_order_acquire);
             }},
        Case{"relaxed_load", Verdict::kRace,
             [] {
               MessagePassing(std::memory_order_release,
                              std::memory_order_relaxed);
             }},
        Case{"no_fences", Verdict::kRace,
             [] { MessagePassingByFences(false); }},
        Case{"same_byte", Verdict::kRace, [] { Bytes(3); }},
        Case{"lock_order", Verdict::kDeadlock, [] { TwoLocks(false); }},
        Case{"lock_twice", Verdict::kDeadlock,
             [] {
               rt::Mutex mu;
               mu.Lock();
               mu.Lock();
             }},
        Case{"nobody_sends", Verdict::kDeadlock,
             [] { rt::MakeChan<int>().Recv(); }},
        Case{"nil_channel", Verdict::kDeadlock, [] { rt::Chan<int>().Recv(); }},
        Case{"missing_done", Verdict::kDeadlock,
             [] {
               rt::WaitGroup wg;
               wg.Add(1);
               wg.Wait();
             }},
        Case{"nobody_receives", Verdict::kLeak,
             [] { SendAndReceive(0, false); }},
        Case{"lost_update", Verdict::kWrong, [] { LostUpdate(false); }},
        Case{"add_inside", Verdict::kWrong, [] { AddInside(true); }},
        Case{"panic", Verdict::kPanic, [] { Throw(false); }},
        Case{"exception", Verdict::kPanic,
             [] { throw std::runtime_error("on purpose"); }},
        Case{"unlock_unlocked", Verdict::kPanic, [] { rt::Mutex().Unlock(); }},
        Case{"negative_counter", Verdict::kPanic,
             [] { rt::WaitGroup().Done(); }},
        Case{"lock_inside_blocking", Verdict::kPanic,
             [] { LockInsideBlocking(false); }},
        Case{"send_on_closed", Verdict::kPanic,
             [] {
               auto c = rt::MakeChan<int>(1);
               c.Close();
               c.Send(1);
             }},
        Case{"abort", Verdict::kPanic, [] { abort(); }},
        Case{"index_out_of_range", Verdict::kPanic, [] { IndexUpTo(3); }},
        Case{"null_pointer", Verdict::kMemory, [] { Dereference(true); }},
        Case{"free_beside_use", Verdict::kMemory, [] { FreeBesideUse(false); }},
        Case{"use_after_free", Verdict::kMemory, [] { FreeBeforeUse(true); }},
        Case{"borrowed_local", Verdict::kMemory, [] { BorrowedLocal(false); }},
        Case{"stack_overflow", Verdict::kMemory, [] { Depth(1'000'000); }},
        Case{"gives_up", Verdict::kWrong, [] { GiveUpAfterSomeTries(true); }},
        Case{"large_frame", Verdict::kMemory, [] { LargeFrame(); }},
        Case{"poll_for_ever", Verdict::kLivelock, [] { Poll(false, false); }},
        Case{"poll_and_yield_for_ever", Verdict::kLivelock,
             [] { Poll(false, true); }},
        Case{"poll_under_lock_for_ever", Verdict::kLivelock,
             [] { PollUnderLock(false); }},
        Case{"endless_loop", Verdict::kHang, [] {
               volatile unsigned n = 0;
               for (;;) n = n + 1;
             }}));

INSTANTIATE_TEST_SUITE_P(
    NearMiss, VerdictTest,
    testing::Values(
        Case{"locked_increment", Verdict::kPassed, [] { Increment(true); }},
        Case{"read_after_wait", Verdict::kPassed, [] { ReadAfterWait(true); }},
        Case{"copy_after_wait", Verdict::kPassed, [] { CopyAfterWait(true); }},
        Case{"compare_after_wait", Verdict::kPassed,
             [] { CompareAfterWait(true); }},
        Case{"append_after_wait", Verdict::kPassed,
             [] { AppendAfterWait(true); }},
        Case{"index_in_range", Verdict::kPassed, [] { IndexUpTo(2); }},
        Case{"release_acquire", Verdict::kPassed,
             [] {
               MessagePassing(std::memory_order_release,
                              std::memory_order_acquire);
             }},
        Case{"fences", Verdict::kPassed, [] { MessagePassingByFences(true); }},
        Case{"other_byte", Verdict::kPassed, [] { Bytes(4); }},
        Case{"reused_memory", Verdict::kPassed, [] { ReusedMemory(); }},
        Case{"shared_pointer", Verdict::kPassed, [] { SharedPointer(); }},
        Case{"lock_order", Verdict::kPassed, [] { TwoLocks(true); }},
        Case{"received", Verdict::kPassed, [] { SendAndReceive(0, true); }},
        Case{"room_in_buffer", Verdict::kPassed,
             [] { SendAndReceive(1, false); }},
        Case{"atomic_update", Verdict::kPassed, [] { LostUpdate(true); }},
        Case{"add_before", Verdict::kPassed, [] { AddInside(false); }},
        Case{"recovered", Verdict::kPassed, [] { Throw(true); }},
        Case{"lock_inside_blocking", Verdict::kPassed,
             [] { LockInsideBlocking(true); }},
        Case{"pointer", Verdict::kPassed, [] { Dereference(false); }},
        Case{"free_after_wait", Verdict::kPassed, [] { FreeBesideUse(true); }},
        Case{"free", Verdict::kPassed, [] { FreeBeforeUse(false); }},
        Case{"borrowed_and_waited", Verdict::kPassed,
             [] { BorrowedLocal(true); }},
        Case{"globals", Verdict::kPassed, &UseGlobals},
        Case{"static", Verdict::kPassed, &UseStatic},
        Case{"deep_stack", Verdict::kPassed, [] { Depth(100); }},
        Case{"poll", Verdict::kPassed, [] { Poll(true, false); }},
        Case{"poll_and_yield", Verdict::kPassed, [] { Poll(true, true); }},
        Case{"poll_under_lock", Verdict::kPassed, [] { PollUnderLock(true); }},
        Case{"poll_ten_times", Verdict::kPassed, [] { PollTenTimes(); }},
        Case{"may_give_up", Verdict::kPassed,
             [] { GiveUpAfterSomeTries(false); }},
        Case{"spin_lock", Verdict::kPassed, [] { SpinLock(); }},
        Case{"long_loop", Verdict::kPassed, [] {
               volatile int n = 0;
               for (int i = 0; i < 100'000; ++i) n = n + 1;
             }}));

TEST(Race, NamesBothSidesInTheFirstExecution) {
  Result result = CheckQuietly(Options(), [] { Increment(false); });
  EXPECT_EQ(result.found_in, 1u);
  ASSERT_EQ(result.locations.size(), 2u);
  for (const auto& location : result.locations) {
    EXPECT_EQ(location.file, "tests/explorer/verdicts_test.cc");
    EXPECT_GT(location.line, 0);
  }
  EXPECT_EQ(result.locations[0].role, "write");
  EXPECT_EQ(result.locations[0].line, result.locations[1].line);
  EXPECT_NE(result.locations[0].goroutine, result.locations[1].goroutine);
}

TEST(Race, NamesTheLockThatOneSideHolds) {
  Result result = CheckQuietly(Options(), [] {
    int n = 0;
    rt::Mutex mu;
    rt::WaitGroup wg;
    wg.Go([&] {
      mu.Lock();
      ++n;
      mu.Unlock();
    });
    wg.Go([&] { ++n; });
    wg.Wait();
  });
  ASSERT_EQ(result.verdict, Verdict::kRace);
  EXPECT_EQ(result.locations[0].held.size() + result.locations[1].held.size(),
            1u);
}

TEST(Stack, ALargeFrameIsAnOverflow) {
  for (bool in_goroutine : {false, true}) {
    Result result = CheckQuietly(Options(), [=] {
      if (!in_goroutine) LargeFrame();
      rt::WaitGroup wg;
      wg.Go([] { LargeFrame(); });
      wg.Go([] {});  // Its stack is beside.
      wg.Wait();
    });
    EXPECT_EQ(result.verdict, Verdict::kMemory);
    EXPECT_NE(result.summary.find("stack overflows"), std::string::npos)
        << result.summary;
  }
}

TEST(Time, IsVirtualAndExact) {
  Result result = CheckQuietly(Options(), [] {
    absl::Time start = rt::Now();
    rt::WaitGroup wg;
    for (int i = 0; i < 10; ++i) {
      wg.Go([] { rt::Sleep(absl::Milliseconds(100)); });
    }
    wg.Wait();
    EXPECT_EQ(rt::Now() - start, absl::Milliseconds(100));
    rt::Sleep(absl::Hours(1));
    EXPECT_EQ(rt::Now() - start, absl::Milliseconds(100) + absl::Hours(1));
  });
  EXPECT_EQ(result.verdict, Verdict::kPassed) << result.summary;
}

TEST(Time, MoreThanAllowedIsSlow) {
  Options options;
  options.max_virtual_time = absl::Seconds(1);
  auto sleep = [&](absl::Duration d) {
    return CheckQuietly(options, [d] { rt::Sleep(d); }).verdict;
  };
  EXPECT_EQ(sleep(absl::Seconds(1)), Verdict::kPassed);
  EXPECT_EQ(sleep(absl::Milliseconds(1001)), Verdict::kSlow);
}

// Waits for a flag that is set after an hour.
void WaitAnHour(bool poll) {
  std::atomic<bool> done = false;
  auto closed = rt::MakeChan<int>();
  rt::Go([&done, closed] {
    rt::Sleep(absl::Hours(1));
    done = true;
    closed.Close();
  });
  if (poll) {
    while (!done) rt::Gosched();
  }
  closed.Recv();
}

TEST(Polling, IsALivelockIfItIsRefused) {
  Options options;
  options.refuse_polling = true;
  auto verdict = [&](bool poll) {
    return CheckQuietly(options, [poll] { WaitAnHour(poll); }).verdict;
  };
  EXPECT_EQ(verdict(true), Verdict::kLivelock);
  EXPECT_EQ(verdict(false), Verdict::kPassed);
  options.refuse_polling = false;
  EXPECT_EQ(verdict(true), Verdict::kPassed);
}

TEST(ExpectOverlap, TellsSerialFromSlowFromTooFast) {
  auto verdict = [](int took) {
    return CheckQuietly(Options(),
                        [took] {
                          rt::explorer::ExpectOverlap(
                              absl::Milliseconds(took), absl::Milliseconds(10),
                              absl::Milliseconds(30), "three");
                        })
        .verdict;
  };
  EXPECT_EQ(verdict(9), Verdict::kWrong);
  EXPECT_EQ(verdict(10), Verdict::kPassed);
  EXPECT_EQ(verdict(11), Verdict::kSlow);
  EXPECT_EQ(verdict(29), Verdict::kSlow);
  EXPECT_EQ(verdict(30), Verdict::kSerial);
}

TEST(ExpectNoDelay, AllowsNone) {
  auto verdict = [](absl::Duration delay) {
    return CheckQuietly(Options(),
                        [delay] { rt::explorer::ExpectNoDelay(delay, "late"); })
        .verdict;
  };
  EXPECT_EQ(verdict(absl::ZeroDuration()), Verdict::kPassed);
  EXPECT_EQ(verdict(absl::Nanoseconds(1)), Verdict::kSlow);
}

// Its destructor ends with an operation, so a goroutine can be abandoned in it.
struct Held {
  explicit Held(std::atomic<int>* destroyed) : destroyed(destroyed) {}
  Held(Held&& other) : destroyed(std::exchange(other.destroyed, nullptr)) {}
  ~Held() {
    if (destroyed == nullptr) return;
    ++*destroyed;
    rt::Gosched();
  }
  std::atomic<int>* destroyed;
};

TEST(Abandoned, WhatAGoroutineHeldIsNotDestroyedTwice) {
  static std::atomic<int> destroyed;  // Outlives the execution.
  destroyed = 0;
  Options options;
  options.search = rt::explorer::Search::kNaive;
  Result result = CheckQuietly(options, [] {
    rt::Go([held = Held(&destroyed)] { static_cast<void>(held); });
    rt::Gosched();
    if (destroyed > 0) ADD_FAILURE() << "abandons the destructor";
  });
  EXPECT_EQ(result.verdict, Verdict::kWrong);
  int before = destroyed;
  CheckQuietly(options, [] { rt::Go([] {}); });
  EXPECT_EQ(destroyed, before);
}

TEST(Refuse, EndsWithTheVerdictGiven) {
  Result result = CheckQuietly(Options(), [] {
    rt::explorer::Refuse(Verdict::kSerial, "one after the other");
  });
  EXPECT_EQ(result.verdict, Verdict::kSerial);
  EXPECT_EQ(result.summary, "one after the other");
}

// What runs beside the end of the program may run before it.
TEST(Race, IsFoundBesideTheEndOfTheProgram) {
  Options options;
  options.body_end_stops_all = true;
  struct Shared {
    rt::WaitGroup wg;
    int answer = 0;
  };
  Result result = CheckQuietly(options, [] {
    auto shared = std::make_shared<Shared>();
    rt::Go([shared] {
      shared->wg.Add(1);
      shared->answer = 42;
      shared->wg.Done();
    });
    shared->wg.Wait();
    volatile int seen = shared->answer;
    static_cast<void>(seen);
  });
  EXPECT_EQ(result.verdict, Verdict::kRace) << result.summary;
}

TEST(Livelock, IsNoneBesideTheEndOfTheProgram) {
  Options options;
  options.body_end_stops_all = true;
  Result result = CheckQuietly(options, [] {
    rt::Go([] {
      for (;;) rt::Sleep(absl::Seconds(1));
    });
    rt::Go([] {
      for (;;) rt::Gosched();
    });
    rt::Sleep(absl::Seconds(10));
  });
  EXPECT_EQ(result.verdict, Verdict::kPassed) << result.summary;
}

TEST(Leak, IsNoneWhenTheEndOfTheBodyStopsAll) {
  Options options;
  options.body_end_stops_all = true;
  Result result = CheckQuietly(options, [] { SendAndReceive(0, false); });
  EXPECT_EQ(result.verdict, Verdict::kPassed) << result.summary;
}

}  // namespace
