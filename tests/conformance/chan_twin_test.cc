// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Chan against a twin that is obviously right: a deque.
//
// One goroutine performs random operations, those that need not wait, on both,
// and compares every answer. Then several goroutines send and receive at random
// and each receiver must see each sender's values in order.

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <string>

#include "gtest/gtest.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using ChanTwinTest = testing::RuntimeTest;
RT_INSTANTIATE(ChanTwinTest);

constexpr uint32_t kSeeds = 20;
constexpr int kOperations = 300;

TEST_P(ChanTwinTest, AnswersAsADequeDoes) {
  Main([] {
    for (uint32_t seed = 0; seed < kSeeds; ++seed) {
      std::mt19937 random(seed);
      size_t capacity = 1 + random() % 5;
      auto c = MakeChan<int>(static_cast<int64_t>(capacity));
      std::deque<int> twin;
      bool closed = false;
      std::string history = "seed " + std::to_string(seed) + ", capacity " +
                            std::to_string(capacity) + ":";
      for (int i = 0; i < kOperations; ++i) {
        switch (random() % 8) {
          case 0:
          case 1:
          case 2:
            if (closed || twin.size() == capacity) break;
            history += " send " + std::to_string(i);
            c.Send(i);
            twin.push_back(i);
            break;
          case 3:
          case 4:
          case 5: {
            if (!closed && twin.empty()) break;
            history += " recv";
            std::optional<int> expected;
            if (!twin.empty()) {
              expected = twin.front();
              twin.pop_front();
            }
            ASSERT_EQ(c.Recv(), expected) << history;
            break;
          }
          case 6:
            ASSERT_EQ(c.Len(), static_cast<int64_t>(twin.size())) << history;
            break;
          case 7:
            if (closed || random() % 20 != 0) break;
            history += " close";
            c.Close();
            closed = true;
            break;
        }
      }
    }
  });
}

TEST_P(ChanTwinTest, KeepsEachSendersOrder) {
  Main([] {
    struct Item {
      int sender;
      int number;
    };
    for (uint32_t seed = 0; seed < kSeeds; ++seed) {
      std::mt19937 random(seed);
      int senders = 1 + static_cast<int>(random() % 4);
      int receivers = 1 + static_cast<int>(random() % 4);
      auto c = MakeChan<Item>(random() % 4);
      auto counts = MakeChan<int>(receivers);
      WaitGroup sending;
      for (int s = 0; s < senders; ++s) {
        sending.Go([=, mine = random()] {
          std::mt19937 random(mine);
          for (int i = 0; i < 50; ++i) {
            if (random() % 4 == 0) Gosched();
            c.Send({s, i});
          }
        });
      }
      for (int r = 0; r < receivers; ++r) {
        Go([=] {
          std::map<int, int> last;
          int count = 0;
          for (Item item : c) {
            if (last.contains(item.sender)) {
              EXPECT_LT(last[item.sender], item.number) << "seed " << seed;
            }
            last[item.sender] = item.number;
            ++count;
          }
          counts.Send(count);
        });
      }
      sending.Wait();
      c.Close();
      int total = 0;
      for (int r = 0; r < receivers; ++r) total += *counts.Recv();
      EXPECT_EQ(total, senders * 50) << "seed " << seed;
    }
  });
}

}  // namespace
}  // namespace rt
