// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// std::atomic's wait and notify, and what is made of them: latch, barrier,
// semaphore, future.

#include <atomic>
#include <barrier>
#include <chrono>
#include <cstdint>
#include <future>
#include <latch>
#include <memory>
#include <semaphore>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/explorer/std_case.h"

namespace rt::explorer {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Hands `data` over by an atomic of type T.
template <typename T>
void HandOver() {
  int data = 0;
  std::atomic<T> ready = T{0};
  std::thread t([&] {
    data = 1;
    ready.store(T{1}, std::memory_order_release);
    ready.notify_one();
  });
  ready.wait(T{0}, std::memory_order_acquire);
  EXPECT_EQ(data, 1);
  t.join();
}

const StdCase kAtomics[] = {
    // The wait finds the new value, or sleeps and is woken.
    {"Wait1Byte", [] { HandOver<uint8_t>(); }},
    {"Wait2Bytes", [] { HandOver<int16_t>(); }},
    {"Wait4Bytes", [] { HandOver<int>(); }},
    {"Wait8Bytes", [] { HandOver<int64_t>(); }},
    {"WaitFlag",
     [] {
       std::atomic_flag flag;
       std::thread t([&] {
         flag.test_and_set();
         flag.notify_all();
       });
       flag.wait(false);
       t.join();
     }},
    {"WaitRelaxed",
     [] {
       int data = 0;
       std::atomic<int> ready = 0;
       std::thread t([&] {
         data = 1;
         ready.store(1, std::memory_order_relaxed);
         ready.notify_one();
       });
       ready.wait(0);
       EXPECT_EQ(data, 1);
       t.join();
     },
     Verdict::kRace, 0, "touch `data`", "EXPECT_EQ(data, 1);"},
    {"NotNotified",
     [] {
       std::atomic<int> ready = 0;
       std::thread t([&] { ready = 1; });
       ready.wait(0);
       t.join();
     },
     Verdict::kDeadlock, 0,
     "main waits for a std::atomic to change, and a notify after it",
     "ready.wait(0);"},
    {"NotNotified1Byte",
     [] {
       std::atomic<bool> ready = false;
       std::thread t([&] { ready = true; });
       ready.wait(false);
       t.join();
     },
     Verdict::kDeadlock, 0,
     "main waits for a std::atomic to change, and a notify after it",
     "ready.wait(false);"},
    {"OneNotifiedOfTwo",
     [] {
       std::atomic<int> ready = 0;
       std::thread a([&] { ready.wait(0); });
       std::thread b([&] { ready.wait(0); });
       ready = 1;
       ready.notify_one();
       a.join();
       b.join();
     },
     Verdict::kDeadlock, 0, "waits for a std::atomic to change",
     "ready.wait(0);"},
    {"BothNotified",
     [] {
       std::atomic<int> ready = 0;
       std::thread a([&] { ready.wait(0); });
       std::thread b([&] { ready.wait(0); });
       ready = 1;
       ready.notify_all();
       a.join();
       b.join();
     }},
};
INSTANTIATE_TEST_SUITE_P(Atomics, StdTest, testing::ValuesIn(kAtomics),
                         [](const auto& row) { return row.param.name; });

// Two phases, in each of which everybody sees what the others did before.
void TwoPhases(bool second_arrival) {
  int a = 0;
  int b = 0;
  int completions = 0;
  std::barrier barrier(2, [&]() noexcept { ++completions; });
  std::thread t([&] {
    a = 1;
    barrier.arrive_and_wait();
    EXPECT_EQ(b, 1);
    if (second_arrival) barrier.arrive_and_wait();
  });
  b = 1;
  barrier.arrive_and_wait();
  EXPECT_EQ(a, 1);
  barrier.arrive_and_wait();
  EXPECT_EQ(completions, 2);
  t.join();
}

const StdCase kTogether[] = {
    {"Latch",
     [] {
       int a = 0;
       int b = 0;
       std::latch latch(2);
       std::thread s([&] {
         a = 1;
         latch.count_down();
       });
       std::thread t([&] {
         b = 1;
         latch.count_down();
       });
       latch.wait();
       EXPECT_EQ(a + b, 2);
       s.join();
       t.join();
     }},
    {"LatchForMore",
     [] {
       std::latch latch(2);
       std::thread t([&] { latch.count_down(); });
       latch.wait();
       t.join();
     },
     Verdict::kDeadlock, 0, "main waits for a std::latch that never comes to 0",
     "latch.wait();"},
    {"LatchForLess",
     [] {
       int a = 0;
       int b = 0;
       std::latch latch(1);
       std::thread s([&] {
         a = 1;
         latch.count_down();
       });
       std::thread t([&] { b = 1; });
       latch.wait();
       EXPECT_EQ(a + b, 2);
       s.join();
       t.join();
     },
     Verdict::kRace, 0, "touch `b`", "EXPECT_EQ(a + b, 2);"},
    {"ArriveAndWait",
     [] {
       std::latch latch(2);
       std::thread t([&] { latch.arrive_and_wait(); });
       latch.arrive_and_wait();
       t.join();
     }},
    {"Barrier", [] { TwoPhases(/*second_arrival=*/true); }},
    {"BarrierWithoutTheOther", [] { TwoPhases(/*second_arrival=*/false); },
     Verdict::kDeadlock, 0,
     "main waits for others that never arrive at the std::barrier",
     "barrier.arrive_and_wait();"},
    {"SemaphoreAsMutex",
     [] {
       int n = 0;
       std::binary_semaphore free(1);
       auto increment = [&] {
         free.acquire();
         ++n;
         free.release();
       };
       std::thread t(increment);
       increment();
       t.join();
       EXPECT_EQ(n, 2);
     }},
    {"SemaphoreForTwo",
     [] {
       int n = 0;
       std::counting_semaphore<2> free(2);
       auto increment = [&] {
         free.acquire();
         ++n;
         free.release();
       };
       std::thread t(increment);
       increment();
       t.join();
     },
     Verdict::kRace, 0, "touch `n`", "++n;"},
    {"SemaphoreNotReleased",
     [] {
       std::binary_semaphore free(1);
       std::thread t([&] { free.acquire(); });
       free.acquire();
       t.join();
     },
     Verdict::kDeadlock, 0, "a release of the semaphore that never comes",
     "free.acquire();"},
    {"SemaphoreTimesOut",
     [] {
       auto start = steady_clock::now();
       std::binary_semaphore free(0);
       EXPECT_FALSE(free.try_acquire_for(milliseconds(10)));
       EXPECT_GE(steady_clock::now() - start, milliseconds(10));
     }},
    {"SemaphoreInTime",
     [] {
       std::binary_semaphore free(0);
       std::thread t([&] {
         std::this_thread::sleep_for(milliseconds(5));
         free.release();
       });
       EXPECT_TRUE(free.try_acquire_for(milliseconds(10)));
       t.join();
     }},
};
INSTANTIATE_TEST_SUITE_P(Together, StdTest, testing::ValuesIn(kTogether),
                         [](const auto& row) { return row.param.name; });

const StdCase kFutures[] = {
    {"Promise",
     [] {
       std::promise<int> promise;
       std::future<int> future = promise.get_future();
       std::thread t([&] { promise.set_value(7); });
       EXPECT_EQ(future.get(), 7);
       t.join();
     }},
    {"NoPromiseKept",
     [] {
       std::promise<int> promise;
       std::future<int> future = promise.get_future();
       future.wait();
     },
     Verdict::kDeadlock, 0,
     "main waits for the value of a std::future that nobody sets",
     "future.wait();"},
    {"BrokenPromise",
     [] {
       std::future<int> future;
       {
         std::promise<int> promise;
         future = promise.get_future();
       }
       EXPECT_THROW(future.get(), std::future_error);
     }},
    {"Async",
     [] {
       int n = 0;
       std::future<int> future = std::async(std::launch::async, [&n] {
         n = 1;
         return 7;
       });
       EXPECT_EQ(future.get() + n, 8);
     }},
    {"AsyncReadBefore",
     [] {
       int n = 0;
       std::future<void> future =
           std::async(std::launch::async, [&n] { n = 1; });
       EXPECT_GE(n, 0);
       future.get();
     },
     Verdict::kRace, 0, "touch `n`", "EXPECT_GE(n, 0);"},
    {"AsyncThrows",
     [] {
       std::future<void> future = std::async(
           std::launch::async, [] { throw std::runtime_error("later"); });
       EXPECT_THROW(future.get(), std::runtime_error);
     }},
    {"WaitForAFuture",
     [] {
       std::promise<int> promise;
       std::future<int> future = promise.get_future();
       auto start = steady_clock::now();
       EXPECT_EQ(future.wait_for(milliseconds(10)),
                 std::future_status::timeout);
       EXPECT_EQ(steady_clock::now() - start, milliseconds(10));
     }},
};
INSTANTIATE_TEST_SUITE_P(Futures, StdTest, testing::ValuesIn(kFutures),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace rt::explorer
