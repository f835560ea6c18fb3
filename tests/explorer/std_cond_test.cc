// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// std::condition_variable and condition_variable_any under the explorer.

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <queue>
#include <stop_token>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/explorer/std_case.h"

namespace rt::explorer {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using std::chrono::system_clock;

// What a test shares among its threads.
template <typename Cond = std::condition_variable>
struct Flag {
  std::mutex mu;
  Cond cond;
  bool ready = false;

  void Set() {
    std::lock_guard lock(mu);
    ready = true;
    cond.notify_one();
  }
  void Wait() {
    std::unique_lock lock(mu);
    cond.wait(lock, [this] { return ready; });
  }
};

// A queue with room for one, and its conditions.
class Slot {
 public:
  void Put(int value) {
    std::unique_lock lock(mu_);
    not_full_.wait(lock, [this] { return !value_.has_value(); });
    value_ = value;
    not_empty_.notify_one();
  }
  int Take() {
    std::unique_lock lock(mu_);
    not_empty_.wait(lock, [this] { return value_.has_value(); });
    int value = *value_;
    value_.reset();
    not_full_.notify_one();
    return value;
  }

 private:
  std::mutex mu_;
  std::condition_variable not_full_;
  std::condition_variable not_empty_;
  std::optional<int> value_;
};

const StdCase kConditions[] = {
    // The setter comes before the other waits; or while it waits; or after it
    // has woken for no reason: before it has the mutex again, or waits again.
    {"Flag",
     [] {
       Flag<> flag;
       std::thread t([&] { flag.Set(); });
       flag.Wait();
       t.join();
     },
     Verdict::kPassed, 4},
    {"FlagAny",
     [] {
       Flag<std::condition_variable_any> flag;
       std::thread t([&] { flag.Set(); });
       flag.Wait();
       t.join();
     },
     Verdict::kPassed, 5},
    {"TwoPutOneTakes",
     [] {
       Slot slot;
       std::thread a([&] { slot.Put(1); });
       std::thread b([&] { slot.Put(2); });
       EXPECT_EQ(slot.Take() + slot.Take(), 3);
       a.join();
       b.join();
     },
     Verdict::kPassed, 64},
    {"NotifiedBeforeItWaits",
     [] {
       std::mutex mu;
       std::condition_variable cond;
       std::thread t([&] {
         std::lock_guard lock(mu);
         cond.notify_one();
       });
       {
         std::unique_lock lock(mu);
         cond.wait(lock);
       }
       t.join();
     },
     Verdict::kDeadlock, 0,
     "main waits for a notify_one or notify_all that never comes",
     "cond.wait(lock);"},
    // With one waiter, only a wake-up for no reason shows it.
    {"IfInsteadOfWhile",
     [] {
       Flag<> flag;
       std::thread t([&] { flag.Set(); });
       {
         std::unique_lock lock(flag.mu);
         if (!flag.ready) flag.cond.wait(lock);
         EXPECT_TRUE(flag.ready) << "woken too early";
       }
       t.join();
     },
     Verdict::kWrong, 0, "wakes for no reason (spuriously)",
     "if (!flag.ready) flag.cond.wait(lock)"},
    {"ChangedWithoutTheLock",
     [] {
       Flag<> flag;
       std::thread t([&] {
         flag.ready = true;
         flag.cond.notify_one();
       });
       flag.Wait();
       t.join();
     },
     Verdict::kRace, 0, "touch `ready`", "flag.ready = true;"},
    // One of two is woken, and it may be the one that has nothing to do.
    {"NotifyOneOfTwo",
     [] {
       std::mutex mu;
       std::condition_variable cond;
       int turn = 0;
       auto wait_for = [&](int mine) {
         std::unique_lock lock(mu);
         cond.wait(lock, [&] { return turn >= mine; });
         ++turn;
         cond.notify_one();
       };
       std::thread a([&] { wait_for(1); });
       std::thread b([&] { wait_for(2); });
       {
         std::lock_guard lock(mu);
         turn = 1;
         cond.notify_one();
       }
       a.join();
       b.join();
     },
     Verdict::kDeadlock, 0, "a notify_one or notify_all that never comes",
     "cond.wait(lock, [&] { return turn >= mine; });"},
    {"NotifyAllOfTwo",
     [] {
       std::mutex mu;
       std::condition_variable cond;
       int turn = 0;
       auto wait_for = [&](int mine) {
         std::unique_lock lock(mu);
         cond.wait(lock, [&] { return turn >= mine; });
         ++turn;
         cond.notify_all();
       };
       std::thread a([&] { wait_for(1); });
       std::thread b([&] { wait_for(2); });
       {
         std::lock_guard lock(mu);
         turn = 1;
         cond.notify_all();
       }
       a.join();
       b.join();
       EXPECT_EQ(turn, 3);
     },
     Verdict::kPassed, 48},
    {"WaitsWithoutTheLock",
     [] {
       std::mutex mu;
       std::condition_variable cond;
       std::unique_lock lock(mu);
       mu.unlock();
       cond.wait(lock);
     },
     Verdict::kPanic, 0, "with a mutex that the caller does not hold",
     "cond.wait(lock);"},
    {"DestroyedWithAWaiter",
     [] {
       auto flag = std::make_unique<Flag<>>();
       std::thread([f = flag.get()] { f->Wait(); }).detach();
       std::this_thread::sleep_for(milliseconds(1));
       flag.reset();
     },
     Verdict::kPanic, 0,
     "a condition variable is destroyed while thread 2 waits at it",
     "struct Flag {"},
    // Who notifies after it has unlocked may come when all is over.
    {"DestroyedBeforeTheNotification",
     [] {
       auto flag = std::make_unique<Flag<>>();
       std::thread t([f = flag.get()] {
         {
           std::lock_guard lock(f->mu);
           f->ready = true;
         }
         f->cond.notify_one();
       });
       flag->Wait();
       flag.reset();
       t.join();
     },
     Verdict::kMemory, 0,
     "an object is destroyed, and nothing makes that wait for who uses it",
     "f->cond.notify_one();"},
    {"WaitForInTime",
     [] {
       Flag<> flag;
       std::thread t([&] {
         std::this_thread::sleep_for(milliseconds(5));
         flag.Set();
       });
       {
         auto start = steady_clock::now();
         std::unique_lock lock(flag.mu);
         EXPECT_TRUE(flag.cond.wait_for(lock, milliseconds(10),
                                        [&] { return flag.ready; }));
         EXPECT_EQ(steady_clock::now() - start, milliseconds(5));
       }
       t.join();
     },
     Verdict::kPassed, 2},
    {"WaitForTooShort",
     [] {
       Flag<> flag;
       std::thread t([&] {
         std::this_thread::sleep_for(milliseconds(15));
         flag.Set();
       });
       {
         auto start = steady_clock::now();
         std::unique_lock lock(flag.mu);
         EXPECT_FALSE(flag.cond.wait_for(lock, milliseconds(10),
                                         [&] { return flag.ready; }));
         EXPECT_EQ(steady_clock::now() - start, milliseconds(10));
       }
       t.join();
     },
     Verdict::kPassed, 2},
    {"WaitUntilOnTheWallClock",
     [] {
       Flag<> flag;
       auto start = system_clock::now();
       std::unique_lock lock(flag.mu);
       bool timeout = flag.cond.wait_until(lock, start + milliseconds(10)) ==
                      std::cv_status::timeout;
       // It may also wake at once, for no reason.
       EXPECT_EQ(system_clock::now() - start, milliseconds(timeout ? 10 : 0));
     },
     Verdict::kPassed, 2},
    // At the same moment: either may come first.
    {"WaitForJustInTime",
     [] {
       Flag<> flag;
       std::thread t([&] {
         std::this_thread::sleep_for(milliseconds(10));
         flag.Set();
       });
       {
         std::unique_lock lock(flag.mu);
         EXPECT_TRUE(flag.cond.wait_for(lock, milliseconds(10),
                                        [&] { return flag.ready; }));
       }
       t.join();
     },
     Verdict::kWrong, 0, "the timer fires",
     "EXPECT_TRUE(flag.cond.wait_for(lock, milliseconds(10),"},
    {"StoppedWait",
     [] {
       std::mutex mu;
       std::condition_variable_any cond;
       std::jthread t([&](std::stop_token stop) {
         std::unique_lock lock(mu);
         EXPECT_FALSE(cond.wait(lock, stop, [] { return false; }));
       });
     }},
};
INSTANTIATE_TEST_SUITE_P(Conditions, StdTest, testing::ValuesIn(kConditions),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace rt::explorer
