// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// All primitives at once, on real threads, for a second or two. What must hold
// is counted; ThreadSanitizer and AddressSanitizer watch the rest.

#include <cstdint>
#include <random>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using StressTest = testing::RuntimeTest;
RT_INSTANTIATE(StressTest);

TEST_P(StressTest, EverythingAtOnce) {
  Main([] {
    constexpr int kRounds = 20;
    constexpr int kGoroutines = 100;
    for (uint32_t round = 0; round < kRounds; ++round) {
      std::mt19937 random(round);
      auto c = MakeChan<int>(random() % 4);
      auto total = MakeChan<int64_t>();
      Mutex mu;
      int64_t locked = 0;
      WaitGroup wg;
      Go([=] {
        int64_t sum = 0;
        for (int v : c) sum += v;
        total.Send(sum);
      });
      for (int g = 0; g < kGoroutines; ++g) {
        wg.Go([&, seed = random()] {
          std::mt19937 random(seed);
          WaitGroup children;
          for (int i = 0; i < 10; ++i) {
            switch (random() % 5) {
              case 0:
                Gosched();
                break;
              case 1:
                Sleep(absl::Microseconds(random() % 100));
                break;
              case 2:
                children.Go([&] {
                  mu.Lock();
                  ++locked;
                  mu.Unlock();
                });
                continue;
              case 3:
                Blocking([] { return 0; });
                break;
              case 4:
                if (round % 4 == 3) GOMAXPROCS(1 + random() % 4);
                break;
            }
            mu.Lock();
            ++locked;
            mu.Unlock();
          }
          children.Wait();
          c.Send(1);
        });
      }
      wg.Wait();
      c.Close();
      ASSERT_EQ(total.Recv(), kGoroutines) << "round " << round;
      ASSERT_EQ(locked, kGoroutines * 10) << "round " << round;
      GOMAXPROCS(GetParam());
    }
  });
}

}  // namespace
}  // namespace rt
