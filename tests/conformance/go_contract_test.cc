// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Go, Gosched, exceptions across switches, Sleep, and the counts of procs.h.

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/go.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using testing::YieldUntil;

// What Go's vet finds when it is copied, cannot be.
template <typename T>
constexpr bool kStays =
    !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T> &&
    !std::is_move_constructible_v<T> && !std::is_move_assignable_v<T>;
static_assert(kStays<Mutex>);
static_assert(kStays<RWMutex>);
static_assert(kStays<WaitGroup>);
static_assert(kStays<Cond>);
static_assert(kStays<Once>);
static_assert(kStays<Pool<int>>);
static_assert(kStays<Map<int, int>>);

using GoTest = testing::RuntimeTest;
RT_INSTANTIATE(GoTest);

TEST_P(GoTest, CopiesOrMovesItsArguments) {
  Main([] {
    auto got = MakeChan<int>(1);
    int value = 1;
    Go([got](int v) { got.Send(v); }, value);
    value = 2;
    EXPECT_EQ(got.Recv(), 1);

    Go([got](std::unique_ptr<int> p) { got.Send(*p); },
       std::make_unique<int>(3));
    EXPECT_EQ(got.Recv(), 3);

    Go([got](int& v) { got.Send(++v); }, std::ref(value));
    EXPECT_EQ(got.Recv(), 3);
    EXPECT_EQ(value, 3);
  });
}

TEST_P(GoTest, DestroysTheFunctionWhenItHasReturned) {
  Main([] {
    auto shared = std::make_shared<int>(1);
    Go([shared] {});
    YieldUntil([&] { return shared.use_count() == 1; });
  });
}

TEST_P(GoTest, CountsGoroutines) {
  Main([] {
    EXPECT_EQ(NumGoroutine(), 1);
    auto stop = MakeChan<int>();
    for (int i = 0; i < 10; ++i) Go([=] { stop.Recv(); });
    EXPECT_EQ(NumGoroutine(), 11);
    stop.Close();
    YieldUntil([] { return NumGoroutine() == 1; });
  });
}

// More than a P's queue holds: half of it moves to the global queue.
TEST_P(GoTest, RunsEachOfThousandsOnce) {
  Main([] {
    constexpr int kCount = 5000;
    std::vector<std::atomic<int>> runs(kCount);
    WaitGroup wg;
    for (int i = 0; i < kCount; ++i) wg.Go([&, i] { ++runs[i]; });
    wg.Wait();
    for (int i = 0; i < kCount; ++i) ASSERT_EQ(runs[i], 1) << i;
  });
}

TEST_P(GoTest, StartsFromAPlainThread) {
  Main([] {
    auto got = MakeChan<int>();
    std::thread thread([=] { Go([=] { got.Send(7); }); });
    EXPECT_EQ(got.Recv(), 7);
    thread.join();
  });
}

TEST_P(GoTest, PanicIsRecoveredWhereItIsCaught) {
  Main([] {
    auto got = MakeChan<std::string>(1);
    Go([=] {
      try {
        throw Panic("oops");
      } catch (const Panic& panic) {
        got.Send(panic.what());
      }
    });
    EXPECT_EQ(got.Recv(), "oops");
  });
}

// The C++ runtime keeps the exceptions being handled per thread; here they must
// be the goroutine's.
TEST_P(GoTest, ExceptionsBelongToTheGoroutineThatHandlesThem) {
  Main([] {
    WaitGroup wg;
    for (int g = 0; g < 8; ++g) {
      wg.Go([g] {
        for (int i = 0; i < 20; ++i) {
          try {
            throw std::runtime_error(std::to_string(g));
          } catch (...) {
            EXPECT_EQ(std::uncaught_exceptions(), 0);
            Gosched();  // Others throw and catch meanwhile, on this thread.
            try {
              throw;
            } catch (const std::runtime_error& error) {
              EXPECT_EQ(error.what(), std::to_string(g));
            }
          }
        }
      });
    }
    wg.Wait();
  });
}

TEST_P(GoTest, DestructorsMayBlockDuringUnwinding) {
  Main([] {
    auto c = MakeChan<int>();
    struct Blocks {
      Chan<int> c;
      ~Blocks() { c.Recv(); }
    };
    WaitGroup wg;
    for (int g = 0; g < 4; ++g) {
      wg.Go([=] {
        try {
          Blocks blocks{c};
          throw std::runtime_error(std::to_string(g));
        } catch (const std::runtime_error& error) {
          EXPECT_EQ(error.what(), std::to_string(g));
        }
      });
    }
    testing::WaitUntilBlocked(4);
    for (int g = 0; g < 4; ++g) c.Send(g);
    wg.Wait();
  });
}

// In which order they wake is the timer heap's business (machine_test.cc): here
// each begins its sleep when the machine lets it.
TEST_P(GoTest, SleepersSleepAtLeastAsLongAsTheySay) {
  Main([] {
    WaitGroup wg;
    for (int i : {3, 1, 2}) {
      wg.Go([=] {
        absl::Time start = Now();
        Sleep(absl::Milliseconds(i));
        EXPECT_GE(Now() - start, absl::Milliseconds(i));
      });
    }
    wg.Wait();
  });
}

TEST_P(GoTest, SleepOfNothingOnlyYields) {
  Main([] {
    Sleep(absl::ZeroDuration());
    Sleep(-absl::Hours(1));
    bool ran = false;
    if (GOMAXPROCS(0) == 1) {
      Go([&] { ran = true; });
      Sleep(absl::ZeroDuration());
      EXPECT_TRUE(ran);
    }
  });
}

TEST_P(GoTest, GOMAXPROCSTellsAndSets) {
  Main([] {
    EXPECT_EQ(GOMAXPROCS(0), GetParam());
    EXPECT_EQ(GOMAXPROCS(3), GetParam());
    EXPECT_EQ(GOMAXPROCS(-1), 3);
    EXPECT_EQ(GOMAXPROCS(GetParam()), 3);
  });
}

TEST_P(GoTest, GOMAXPROCSHasAnEnd) {
  Main([] {
    GOMAXPROCS(1024);
    EXPECT_EQ(GOMAXPROCS(5000), 1024);
    EXPECT_EQ(GOMAXPROCS(0), 1024);
    WaitGroup wg;
    std::atomic<int> count{0};
    for (int g = 0; g < 2000; ++g) {
      wg.Go([&] {
        Gosched();
        ++count;
      });
    }
    wg.Wait();
    EXPECT_EQ(count, 2000);
    GOMAXPROCS(GetParam());
  });
}

// What the runtime needs for itself are threads.
TEST_P(GoTest, ThereAreNoHelperGoroutines) {
  Main([] {
    EXPECT_EQ(NumGoroutine(), 1);
    Timer timer = AfterFunc(absl::Hours(1), [] {});
    EXPECT_EQ(NumGoroutine(), 1);
    std::string all = AllStacks();
    EXPECT_EQ(all.find("goroutine 1 [running]:\n"), 0) << all;
    EXPECT_EQ(all.find("\n\ngoroutine "), std::string::npos) << all;
    EXPECT_TRUE(timer.Stop());
  });
}

// Each gives its P up meanwhile; so does whoever computes, sooner or later.
TEST_P(GoTest, SeveralSetGOMAXPROCSAtOnce) {
  Main([] {
    std::atomic<bool> stop{false};
    WaitGroup setters;
    WaitGroup computes;
    computes.Go([&] {
      while (!stop.load(std::memory_order_relaxed)) {
      }
    });
    for (int g = 0; g < 3; ++g) {
      setters.Go([g] {
        for (int i = 0; i < 100; ++i) {
          GOMAXPROCS(2 + (i + g) % 3);
          CheckDeadlocks();  // Looks at all goroutines.
        }
      });
    }
    setters.Wait();
    stop = true;
    computes.Wait();
    GOMAXPROCS(GetParam());
  });
}

TEST_P(GoTest, GOMAXPROCSMayChangeWhileOthersRun) {
  Main([] {
    WaitGroup wg;
    std::atomic<int> count{0};
    for (int g = 0; g < 8; ++g) {
      wg.Go([&] {
        for (int i = 0; i < 200; ++i) {
          ++count;
          Gosched();
        }
      });
    }
    for (int i = 0; i < 50; ++i) {
      GOMAXPROCS(1 + i % 5);
      Gosched();
    }
    GOMAXPROCS(GetParam());
    wg.Wait();
    EXPECT_EQ(count, 1600);
  });
}

}  // namespace
}  // namespace rt
