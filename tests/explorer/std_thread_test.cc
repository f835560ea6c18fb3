// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// std::thread, std::jthread and the mutexes under the explorer.

#include <chrono>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/explorer/std_case.h"

namespace rt::explorer {
namespace {

using std::chrono::milliseconds;

// `threads` increment a variable, `times` each, holding a lock made by Guard.
template <typename Mutex, typename Guard>
void Increments(int threads, int times) {
  int n = 0;
  Mutex mu;
  std::vector<std::thread> all;
  for (int i = 0; i < threads; ++i) {
    all.emplace_back([&] {
      for (int k = 0; k < times; ++k) {
        Guard guard(mu);
        ++n;
      }
    });
  }
  for (std::thread& t : all) t.join();
  EXPECT_EQ(n, threads * times);
}

template <typename Mutex>
using LockGuard = std::lock_guard<Mutex>;

std::mutex global_mu;
int global_n = 0;

// Clang makes one call out of all of std::terminate in a function: which one
// was meant, and so the line, is lost.
constexpr struct {
  const char* says;
  const char* line;
} kOverwritten =
#ifdef __clang__
    {"std::terminate(), as a std::thread does that is destroyed or assigned to",
     ""};
#else
    {"a std::thread is assigned to that was neither joined nor detached",
     "t = std::thread"};
#endif

const StdCase kThreads[] = {
    {"NothingToDo", [] { std::thread([] {}).join(); }, Verdict::kPassed, 1},
    {"JoinOrders",
     [] {
       int n = 0;
       std::thread t([&n] { n = 1; });
       t.join();
       EXPECT_EQ(n, 1);
     },
     Verdict::kPassed, 1},
    {"ReadBeforeJoin",
     [] {
       int n = 0;
       std::thread t([&n] { n = 1; });
       EXPECT_GE(n, 0);
       t.join();
     },
     Verdict::kRace, 0, "touch `n`", "EXPECT_GE(n, 0);"},
    {"Unlocked",
     [] {
       int counter = 0;
       std::thread a([&] { ++counter; });
       std::thread b([&] { ++counter; });
       a.join();
       b.join();
     },
     Verdict::kRace, 0, "touch `counter`",
     "std::thread a([&] { ++counter; });"},
    {"JThreadJoins",
     [] {
       int n = 0;
       {
         std::jthread t([&n] { n = 1; });
       }
       EXPECT_EQ(n, 1);
     },
     Verdict::kPassed, 1},
    {"JThreadStops",
     [] {
       std::jthread t([](std::stop_token stop) {
         while (!stop.stop_requested()) std::this_thread::yield();
       });
     }},
    {"DetachedAndDone",
     [] {
       auto n = std::make_shared<int>(0);
       std::thread([n] { *n = 1; }).detach();
     },
     Verdict::kPassed, 1},
    {"DetachedAndUsesWhatIsGone",
     [] {
       auto number = std::make_unique<int>(0);
       std::thread([n = number.get()] { *n = 1; }).detach();
     },
     Verdict::kMemory, 0, "freed", "*n = 1;"},
    {"DetachedForEver",
     [] {
       std::thread([] {
         std::mutex mu;
         mu.lock();
         std::lock_guard again(mu);
       }).detach();
     },
     Verdict::kDeadlock, 0, "thread 2 waits for `mu`, which it holds itself",
     "std::lock_guard again(mu);"},
    {"Forgotten", [] { std::thread forgotten([] {}); }, Verdict::kPanic, 0,
     "a std::thread is destroyed that was neither joined nor detached",
     "std::thread forgotten"},
    {"Overwritten",
     [] {
       std::thread t([] {});
       t = std::thread([] {});
       t.join();
     },
     Verdict::kPanic, 0, kOverwritten.says, kOverwritten.line},
    {"JoinedTwice",
     [] {
       std::thread t([] {});
       t.join();
       t.join();
     },
     Verdict::kPanic, 0, "Invalid argument", ""},
    {"JoinsItself",
     [] {
       std::optional<std::thread> t;
       std::mutex mu;
       std::unique_lock lock(mu);
       t.emplace([&] {
         std::lock_guard wait(mu);
         t->join();
       });
       lock.unlock();
       std::this_thread::sleep_for(milliseconds(1));
     },
     Verdict::kPanic, 0, "Resource deadlock avoided", ""},
    {"JoinWaitsForEver",
     [] {
       std::mutex mu;
       mu.lock();
       std::thread t([&mu] { mu.lock(); });
       t.join();
     },
     Verdict::kDeadlock, 0, "main waits for thread 2, which never returns",
     "t.join();"},
    {"ThrowsOutOfAThread",
     [] {
       std::thread t([] { throw std::runtime_error("lost"); });
       t.join();
     },
     Verdict::kPanic, 0, "an exception leaves the thread: lost", ""},
    {"ThrowsOutOfNoexcept",
     [] {
       auto late = [] { throw std::runtime_error("too late"); };
       auto f = [&late]() noexcept { late(); };
       f();
     },
     // GCC ends where it is thrown, Clang where it would leave.
     Verdict::kPanic, 0, "noexcept: too late", "late"},
    {"Ids",
     [] {
       std::thread::id other;
       std::thread t([&] { other = std::this_thread::get_id(); });
       std::thread::id known = t.get_id();
       t.join();
       EXPECT_EQ(known, other);
       EXPECT_NE(known, std::this_thread::get_id());
       EXPECT_EQ(t.get_id(), std::thread::id());
     },
     Verdict::kPassed, 1},
    {"HardwareConcurrency",
     [] { EXPECT_EQ(std::thread::hardware_concurrency(), 4u); },
     Verdict::kPassed, 1},
    // Two of three orders of a yield and another thread's critical section.
    {"YieldIsAPoint",
     [] {
       std::thread t([] {
         std::lock_guard lock(global_mu);
         ++global_n;
       });
       std::this_thread::yield();
       {
         std::lock_guard lock(global_mu);
         ++global_n;
       }
       t.join();
       EXPECT_EQ(global_n, 2);  // It starts at 0 in each execution.
     },
     Verdict::kPassed, 2},
};
INSTANTIATE_TEST_SUITE_P(Threads, StdTest, testing::ValuesIn(kThreads),
                         [](const auto& row) { return row.param.name; });

const StdCase kMutexes[] = {
    // As many as with rt::Mutex (counts_test).
    {"Increments2x2",
     [] { Increments<std::mutex, LockGuard<std::mutex>>(2, 2); },
     Verdict::kPassed, 6},
    {"Increments3x1",
     [] { Increments<std::mutex, std::scoped_lock<std::mutex>>(3, 1); },
     Verdict::kPassed, 6},
    {"Increments4x2",
     [] { Increments<std::mutex, std::unique_lock<std::mutex>>(4, 2); },
     Verdict::kPassed, 2'520},
    {"Recursive",
     [] {
       Increments<std::recursive_mutex, std::lock_guard<std::recursive_mutex>>(
           2, 2);
     },
     Verdict::kPassed, 6},
    {"Timed",
     [] { Increments<std::timed_mutex, LockGuard<std::timed_mutex>>(2, 2); },
     Verdict::kPassed, 6},
    {"RecursiveTwice",
     [] {
       int n = 0;
       std::recursive_mutex mu;
       auto increment = [&] {
         std::lock_guard outer(mu);
         std::lock_guard inner(mu);
         ++n;
       };
       std::thread t(increment);
       increment();
       t.join();
       EXPECT_EQ(n, 2);
     },
     Verdict::kPassed, 2},
    {"RecursiveIsStillHeldByTheOuter",
     [] {
       int total = 0;
       std::recursive_mutex mu;
       auto increment = [&] {
         mu.lock();
         mu.lock();
         mu.unlock();
         ++total;
         mu.unlock();
         ++total;
       };
       std::thread t(increment);
       increment();
       t.join();
     },
     Verdict::kRace, 0, "touch `total`", "++total;"},
    {"LockedAgain",
     [] {
       std::mutex mu;
       std::lock_guard first(mu);
       std::lock_guard second(mu);
     },
     Verdict::kDeadlock, 0, "main waits for `mu`, which it holds itself",
     "std::lock_guard second(mu);"},
    {"TwoInTwoOrders",
     [] {
       std::mutex a;
       std::mutex b;
       std::thread t([&] {
         std::lock_guard first(a);
         std::lock_guard second(b);
       });
       {
         std::lock_guard first(b);
         std::lock_guard second(a);
       }
       t.join();
     },
     Verdict::kDeadlock, 0, "thread 2 waits for `b`, which main holds",
     "std::lock_guard second(b);"},
    {"TwoByScopedLock",
     [] {
       std::mutex a;
       std::mutex b;
       int n = 0;
       std::thread t([&] {
         std::scoped_lock lock(a, b);
         ++n;
       });
       {
         std::scoped_lock lock(b, a);
         ++n;
       }
       t.join();
       EXPECT_EQ(n, 2);
     },
     Verdict::kPassed, 6},
    {"ThreeByScopedLock",
     [] {
       std::mutex a;
       std::mutex b;
       std::mutex c;
       int n = 0;
       std::thread t([&] {
         std::scoped_lock lock(a, b, c);
         ++n;
       });
       {
         std::scoped_lock lock(c, b, a);
         ++n;
       }
       t.join();
       EXPECT_EQ(n, 2);
     },
     Verdict::kPassed, 18},
    {"ScopedLockAndOne",
     [] {
       std::mutex a;
       std::mutex b;
       int n = 0;
       int order = 0;
       std::thread t([&] {
         std::scoped_lock lock(a, b);
         order = ++n;
       });
       {
         std::lock_guard lock(b);
         ++n;
       }
       t.join();
       EXPECT_EQ(n, 2);
       EXPECT_NE(order, 1) << "it came first";
     },
     Verdict::kWrong, 0, "it came first", "EXPECT_NE(order, 1)"},
    {"UnlockedTwice",
     [] {
       std::mutex mu;
       mu.lock();
       mu.unlock();
       mu.unlock();
     },
     Verdict::kPanic, 0, "a mutex is unlocked that is not locked",
     "mu.unlock();"},
    {"UnlockedByAnother",
     [] {
       std::mutex mu;
       mu.lock();
       std::thread([&] { mu.unlock(); }).join();
     },
     Verdict::kPanic, 0, "a mutex is unlocked that main holds", "mu.unlock()"},
    {"TryLock",
     [] {
       std::mutex mu;
       int n = 0;
       std::thread t([&] {
         if (!mu.try_lock()) return;
         ++n;
         mu.unlock();
       });
       {
         std::lock_guard lock(mu);
         ++n;
       }
       t.join();
       EXPECT_GE(n, 1);
     },
     Verdict::kPassed, 3},
    {"TryLockUnchecked",
     [] {
       std::mutex mu;
       std::thread t([&] {
         static_cast<void>(mu.try_lock());
         mu.unlock();
       });
       { std::lock_guard lock(mu); }
       t.join();
     },
     Verdict::kPanic, 0, "a mutex is unlocked that", "mu.unlock();"},
    {"TryLockOfOnesOwn",
     [] {
       std::mutex mu;
       std::lock_guard lock(mu);
       if (mu.try_lock()) mu.unlock();
     },
     Verdict::kPanic, 0, "try_lock of a mutex that the caller holds",
     "mu.try_lock()"},
    {"AfterFree",
     [] {
       auto mu = std::make_unique<std::mutex>();
       std::thread t([&m = *mu] { m.lock(); });
       mu.reset();
       t.join();
     },
     Verdict::kMemory, 0, "freed", "m.lock();"},
};
INSTANTIATE_TEST_SUITE_P(Mutexes, StdTest, testing::ValuesIn(kMutexes),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace rt::explorer
