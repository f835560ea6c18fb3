// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// std::call_once, shared_mutex, what waits for a time, and the C library's own
// types, under the explorer.

#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <mutex>
#include <shared_mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/explorer/std_case.h"

namespace rt::explorer {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using std::chrono::system_clock;

std::once_flag global_once;

const StdCase kOnces[] = {
    {"OnceOfTwo",
     [] {
       int calls = 0;
       auto call = [&] { std::call_once(global_once, [&] { ++calls; }); };
       std::thread t(call);
       call();
       EXPECT_EQ(calls, 1);
       t.join();
     },
     Verdict::kPassed, 2},
    {"OnceCallsTheCallersFunction",
     [] {
       std::once_flag a;
       std::once_flag b;
       int in_a = 0;
       int in_b = 0;
       std::thread t([&] { std::call_once(a, [&] { ++in_a; }); });
       std::call_once(b, [&] { ++in_b; });
       t.join();
       EXPECT_EQ(in_a, 1);
       EXPECT_EQ(in_b, 1);
     },
     Verdict::kPassed, 1},
    {"OnceThatThrows",
     [] {
       std::once_flag once;
       int calls = 0;
       auto call = [&] {
         try {
           std::call_once(once, [&] {
             if (++calls == 1) throw std::runtime_error("not yet");
           });
         } catch (const std::runtime_error&) {
         }
       };
       std::thread t(call);
       call();
       t.join();
       EXPECT_EQ(calls, 2);
     }},
    {"OnceInItself",
     [] {
       std::once_flag once;
       std::call_once(once, [&] { std::call_once(once, [] {}); });
     },
     Verdict::kDeadlock, 0,
     "main waits for a std::call_once whose function never returns",
     "std::call_once(once, [] {});"},
    {"OnceIsNotAwaited",
     [] {
       bool called = false;
       int data = 0;
       std::once_flag once;
       auto call = [&] {
         if (called) return;
         std::call_once(once, [&] { data = 7; });
         called = true;
       };
       std::thread t(call);
       call();
       t.join();
     },
     Verdict::kRace, 0, "touch `called`", "called = true;"},
};
INSTANTIATE_TEST_SUITE_P(Onces, StdTest, testing::ValuesIn(kOnces),
                         [](const auto& row) { return row.param.name; });

const StdCase kSharedMutexes[] = {
    // The writer comes before both readers, after both, or between.
    {"WriterAndReaders",
     [] {
       std::shared_mutex mu;
       int n = 0;
       auto read = [&] {
         std::shared_lock lock(mu);
         EXPECT_GE(n, 0);
       };
       std::thread a(read);
       std::thread b(read);
       {
         std::lock_guard lock(mu);
         ++n;
       }
       a.join();
       b.join();
     },
     Verdict::kPassed, 8},
    {"ReadersAreTogether",
     [] {
       std::shared_mutex mu;
       auto read = [&] {
         std::shared_lock lock(mu);
         std::this_thread::sleep_for(milliseconds(10));
       };
       std::thread t(read);
       read();
       t.join();
       EXPECT_EQ(steady_clock::now(),
                 steady_clock::time_point(milliseconds(10)));
     }},
    {"WritersAreNot",
     [] {
       std::shared_mutex mu;
       auto write = [&] {
         std::lock_guard lock(mu);
         std::this_thread::sleep_for(milliseconds(10));
       };
       std::thread t(write);
       write();
       t.join();
       EXPECT_EQ(steady_clock::now(),
                 steady_clock::time_point(milliseconds(20)));
     },
     Verdict::kPassed, 2},
    {"WritesWhileReading",
     [] {
       std::shared_mutex mu;
       int n = 0;
       auto increment = [&] {
         std::shared_lock lock(mu);
         ++n;
       };
       std::thread t(increment);
       increment();
       t.join();
     },
     Verdict::kRace, 0, "touch `n`", "++n;"},
    {"Upgrades",
     [] {
       std::shared_mutex mu;
       std::shared_lock read(mu);
       std::lock_guard write(mu);
     },
     Verdict::kPanic, 0, "lock of a shared mutex that the caller holds already",
     "std::lock_guard write(mu);"},
    {"UnlocksAnothers",
     [] {
       std::shared_mutex mu;
       mu.lock_shared();
       std::thread([&] { mu.unlock_shared(); }).join();
     },
     Verdict::kPanic, 0, "a shared mutex is unlocked that the caller does not",
     "mu.unlock_shared()"},
    {"WriterWaitsForTheReader",
     [] {
       std::shared_mutex mu;
       mu.lock_shared();
       std::thread t([&] { mu.lock(); });
       t.join();
     },
     Verdict::kDeadlock, 0, "thread 2 waits for `mu`, which main holds",
     "mu.lock();"},
    {"SharedInTime",
     [] {
       std::shared_timed_mutex mu;
       mu.lock();
       std::thread t([&] {
         EXPECT_FALSE(mu.try_lock_shared_for(milliseconds(10)));
         EXPECT_TRUE(mu.try_lock_shared_for(milliseconds(10)));
         mu.unlock_shared();
       });
       std::this_thread::sleep_for(milliseconds(15));
       mu.unlock();
       t.join();
     }},
};
INSTANTIATE_TEST_SUITE_P(SharedMutexes, StdTest,
                         testing::ValuesIn(kSharedMutexes),
                         [](const auto& row) { return row.param.name; });

const StdCase kTimes[] = {
    {"Sleeps",
     [] {
       auto start = steady_clock::now();
       auto wall = system_clock::now();
       std::this_thread::sleep_for(hours(24));
       std::this_thread::sleep_until(start + hours(25));
       usleep(10);
       EXPECT_EQ(steady_clock::now() - start,
                 hours(25) + std::chrono::microseconds(10));
       EXPECT_EQ(system_clock::now() - wall,
                 hours(25) + std::chrono::microseconds(10));
       EXPECT_EQ(time(nullptr), system_clock::to_time_t(system_clock::now()));
     },
     Verdict::kPassed, 1},
    {"SleepOrdersNothing",
     [] {
       int n = 0;
       std::thread t([&] { n = 1; });
       std::this_thread::sleep_for(hours(1));
       EXPECT_EQ(n, 1);
       t.join();
     },
     Verdict::kRace, 0, "touch `n`", "EXPECT_EQ(n, 1);"},
    {"LockTimesOut",
     [] {
       std::timed_mutex mu;
       mu.lock();
       std::thread t([&] {
         auto start = steady_clock::now();
         EXPECT_FALSE(mu.try_lock_for(milliseconds(10)));
         EXPECT_EQ(steady_clock::now() - start, milliseconds(10));
       });
       t.join();
       mu.unlock();
     },
     Verdict::kPassed, 1},
    {"LockInTime",
     [] {
       std::timed_mutex mu;
       mu.lock();
       std::thread t([&] {
         EXPECT_TRUE(mu.try_lock_for(milliseconds(10)));
         mu.unlock();
       });
       std::this_thread::sleep_for(milliseconds(5));
       mu.unlock();
       t.join();
     },
     Verdict::kPassed, 1},
    // Both at the same moment.
    {"LockJustInTime",
     [] {
       std::timed_mutex mu;
       mu.lock();
       std::thread t([&] {
         EXPECT_TRUE(mu.try_lock_for(milliseconds(10)));
         mu.unlock();
       });
       std::this_thread::sleep_for(milliseconds(10));
       mu.unlock();
       t.join();
     },
     Verdict::kWrong, 0, "the timer fires",
     "EXPECT_TRUE(mu.try_lock_for(milliseconds(10)));"},
    {"RecursiveTimed",
     [] {
       std::recursive_timed_mutex mu;
       std::lock_guard lock(mu);
       EXPECT_TRUE(mu.try_lock_for(milliseconds(10)));
       EXPECT_EQ(steady_clock::now(), steady_clock::time_point());
       mu.unlock();
     },
     Verdict::kPassed, 1},
};
INSTANTIATE_TEST_SUITE_P(Times, StdTest, testing::ValuesIn(kTimes),
                         [](const auto& row) { return row.param.name; });

// The C library's, used as such.
const StdCase kPosix[] = {
    {"Create",
     [] {
       auto run = [](void* n) -> void* {
         ++*static_cast<int*>(n);
         return n;
       };
       int n = 0;
       pthread_t t;
       ASSERT_EQ(pthread_create(&t, nullptr, run, &n), 0);
       void* result;
       ASSERT_EQ(pthread_join(t, &result), 0);
       EXPECT_EQ(result, &n);
       EXPECT_EQ(n, 1);
     },
     Verdict::kPassed, 1},
    {"JoinTwice",
     [] {
       pthread_t t;
       pthread_create(
           &t, nullptr, [](void*) -> void* { return nullptr; }, nullptr);
       pthread_join(t, nullptr);
       pthread_join(t, nullptr);
     },
     Verdict::kPanic, 0,
     "thread 2 is joined, but was joined or detached before",
     "pthread_join(t, nullptr);"},
    {"DestroyedWhileLocked",
     [] {
       pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
       pthread_mutex_lock(&mu);
       pthread_mutex_destroy(&mu);
     },
     Verdict::kPanic, 0, "a mutex is destroyed while main holds it",
     "pthread_mutex_destroy(&mu);"},
    {"UsedAfterDestroy",
     [] {
       pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
       pthread_mutex_destroy(&mu);
       pthread_mutex_lock(&mu);
     },
     Verdict::kPanic, 0, "a mutex is used after it was destroyed",
     "pthread_mutex_lock(&mu);"},
    {"ErrorCheck",
     [] {
       pthread_mutexattr_t attributes;
       pthread_mutexattr_init(&attributes);
       pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
       pthread_mutex_t mu;
       pthread_mutex_init(&mu, &attributes);
       EXPECT_EQ(pthread_mutex_lock(&mu), 0);
       EXPECT_EQ(pthread_mutex_lock(&mu), EDEADLK);
       EXPECT_EQ(pthread_mutex_unlock(&mu), 0);
       pthread_mutex_destroy(&mu);
     },
     Verdict::kPassed, 1},
};
INSTANTIATE_TEST_SUITE_P(Posix, StdTest, testing::ValuesIn(kPosix),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace rt::explorer
