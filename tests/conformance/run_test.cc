// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// How Run begins and ends.

#include "runtime/run.h"

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using RunTest = testing::RuntimeTest;
RT_INSTANTIATE(RunTest);

TEST_P(RunTest, ReturnsWhenMainDoesAndNobodyElseRunsOn) {
  std::atomic<int> steps{0};
  EXPECT_EQ(rt::Run([&] {
              GOMAXPROCS(GetParam());
              for (int i = 0; i < 8; ++i) {
                Go([&] {
                  for (;;) {
                    ++steps;
                    Gosched();
                  }
                });
              }
              auto never = MakeChan<int>();
              Go([=] { never.Recv(); });
              Go([] { Sleep(absl::Hours(1)); });
              Gosched();
            }),
            0);
  int at_end = steps;
  usleep(1000);
  EXPECT_EQ(steps, at_end);
}

TEST_P(RunTest, MayBeCalledAgain) {
  for (int i = 0; i < 20; ++i) {
    int sum = 0;
    Main([&] {
      WaitGroup wg;
      Mutex mu;
      for (int g = 1; g <= 4; ++g) {
        wg.Go([&, g] {
          mu.Lock();
          sum += g;
          mu.Unlock();
        });
      }
      wg.Wait();
    });
    EXPECT_EQ(sum, 10);
  }
}

TEST(RunEndTest, AGoroutineThatComputesDoesNotKeepTheProcess) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(
      {
        rt::Run([] {
          GOMAXPROCS(2);
          std::atomic<bool> started{false};
          Go([&] {
            started = true;
            for (std::atomic<int> i{0};; ++i) {
            }
          });
          while (!started) Gosched();
          std::fputs("done\n", stderr);
        });
        std::abort();  // Run does not return: its goroutine still runs.
      },
      ::testing::ExitedWithCode(0), "^done\n$");
}

TEST(RunEndTest, AGoroutineInASystemCallDoesNotKeepTheProcess) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(
      {
        rt::Run([] {
          Go([] { Blocking([] { return pause(); }); });
          Gosched();
          std::fputs("done\n", stderr);
        });
        std::exit(0);  // If the other goroutine had not come that far.
      },
      ::testing::ExitedWithCode(0), "^done\n$");
}

}  // namespace
}  // namespace rt
