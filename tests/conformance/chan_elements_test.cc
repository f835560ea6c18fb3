// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What a channel does with its elements: any type, size and alignment.

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "gtest/gtest.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using testing::WaitUntilBlocked;

using ChanElementsTest = testing::RuntimeTest;
RT_INSTANTIATE(ChanElementsTest);

TEST_P(ChanElementsTest, CarriesWhatCanOnlyBeMoved) {
  Main([] {
    auto c = MakeChan<std::unique_ptr<int>>();
    Go([=] {
      c.Send(std::make_unique<int>(1));
      c.Send(std::make_unique<int>(2));
      c.Close();
    });
    int sum = 0;
    for (std::unique_ptr<int> p : c) sum += *p;
    EXPECT_EQ(sum, 3);
  });
}

// Counts its living copies.
struct Counted {
  explicit Counted(std::atomic<int>* alive) : alive(alive) { ++*alive; }
  Counted(Counted&& other) noexcept : alive(other.alive) { ++*alive; }
  ~Counted() { --*alive; }
  std::atomic<int>* alive;
};

TEST_P(ChanElementsTest, DestroysEachElementOnce) {
  Main([] {
    std::atomic<int> alive{0};
    {
      auto c = MakeChan<Counted>(3);
      for (int i = 0; i < 3; ++i) c.Send(Counted(&alive));
      EXPECT_EQ(alive, 3);
      c.Recv();
      EXPECT_EQ(alive, 2);
      auto copy = c;
      c = Chan<Counted>();
      EXPECT_EQ(alive, 2);
    }
    EXPECT_EQ(alive, 0);
  });
}

TEST_P(ChanElementsTest, HandsOverDirectlyWithoutACopyLeft) {
  Main([] {
    std::atomic<int> alive{0};
    auto c = MakeChan<Counted>();
    WaitGroup wg;
    wg.Go([&alive, c] { c.Send(Counted(&alive)); });
    WaitUntilBlocked(1);
    { std::optional<Counted> got = c.Recv(); }
    wg.Wait();
    EXPECT_EQ(alive, 0);
  });
}

struct Empty {};

struct alignas(32) Wide {
  char text[32] = "wide";
};

TEST_P(ChanElementsTest, AnySizeAndAlignment) {
  Main([] {
    auto empty = MakeChan<Empty>(2);
    empty.Send({});
    empty.Send({});
    EXPECT_EQ(empty.Len(), 2);
    EXPECT_EQ(Select(OnSend(empty, {}), Default()), 1u);
    EXPECT_TRUE(empty.Recv().has_value());
    EXPECT_EQ(empty.Len(), 1);
    auto unbuffered = MakeChan<Empty>();
    WaitGroup wg;
    wg.Go([=] { unbuffered.Send({}); });
    EXPECT_TRUE(unbuffered.Recv().has_value());
    wg.Wait();
    auto wide = MakeChan<Wide>(2);
    wide.Send({});
    wide.Send({});
    std::optional<Wide> got = wide.Recv();
    EXPECT_EQ(reinterpret_cast<uintptr_t>(&*got) % 32, 0u);
    EXPECT_STREQ(got->text, "wide");
  });
}

struct Large {
  char bytes[(64 << 10) - 1];
};

// Each way in and out in a function of its own: a frame has room for no more
// than two or three of them.
[[gnu::noinline]] void SendLarge(const Chan<Large>& c, const Large& value) {
  c.Send(value);
}
[[gnu::noinline]] void SelectToSendLarge(const Chan<Large>& c,
                                         const Large& value) {
  Select(OnSend(c, value), OnRecv(MakeChan<int>()));
}
[[gnu::noinline]] char RecvLarge(const Chan<Large>& c) {
  std::optional<Large> value = c.Recv();
  return value->bytes[sizeof(Large) - 1];
}
[[gnu::noinline]] char SelectToRecvLarge(const Chan<Large>& c) {
  char got = 0;
  Select(OnRecv(c,
                [&](const std::optional<Large>& value) {
                  got = value->bytes[sizeof(Large) - 1];
                }),
         OnRecv(MakeChan<int>()));
  return got;
}

// They pass over goroutines' stacks, which have room for that.
TEST_P(ChanElementsTest, CarriesElementsOfNearly64KiB) {
  Main([] {
    for (int64_t capacity : {0, 2}) {
      auto c = MakeChan<Large>(capacity);
      Go([=] {
        auto value = std::make_unique<Large>();
        for (char name : {'a', 'b', 'c', 'd'}) {
          value->bytes[sizeof(Large) - 1] = name;
          if (name < 'c') {
            SendLarge(c, *value);
          } else {
            SelectToSendLarge(c, *value);
          }
        }
      });
      std::string got;
      for (int i = 0; i < 2; ++i) {
        got += RecvLarge(c);
        got += SelectToRecvLarge(c);
      }
      EXPECT_EQ(got, "abcd");
    }
  });
}

}  // namespace
}  // namespace rt
