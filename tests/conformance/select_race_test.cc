// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Selects that look while others act: what they may not miss.

#include <cstddef>
#include <optional>

#include "gtest/gtest.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using testing::RuntimeTest;

using SelectRaceTest = RuntimeTest;
RT_INSTANTIATE(SelectRaceTest);

// There is a value in one channel or the other at every moment, so the default
// is never right.
TEST_P(SelectRaceTest, NeverTakesTheDefaultWhileOneCaseIsReady) {
  Main([] {
    for (int i = 0; i < 400; ++i) {
      auto a = MakeChan<int>(1);
      auto b = MakeChan<int>(1);
      auto which = MakeChan<size_t>(1);
      a.Send(1);
      Go([=] { which.Send(Select(OnRecv(a), OnRecv(b), Default())); });
      b.Send(1);
      Select(OnRecv(a), Default());
      ASSERT_NE(which.Recv(), 2u) << i;
    }
  });
}

// Likewise with a channel that is closed, which never ceases to be ready.
TEST_P(SelectRaceTest, NeverTakesTheDefaultBehindAClose) {
  Main([] {
    for (int i = 0; i < 400; ++i) {
      auto a = MakeChan<int>(1);
      auto b = MakeChan<int>();
      auto which = MakeChan<size_t>(1);
      a.Send(1);
      Go([=] { which.Send(Select(OnRecv(a), OnRecv(b), Default())); });
      b.Close();
      Select(OnRecv(a), Default());
      ASSERT_NE(which.Recv(), 2u) << i;
    }
  });
}

// What was there before the channel was closed comes out first.
TEST_P(SelectRaceTest, NeverMissesWhatWasSentBeforeAClose) {
  Main([] {
    for (int i = 0; i < 400; ++i) {
      auto c = MakeChan<int>(1);
      auto got = MakeChan<int>(1);
      c.Send(1);
      Go([=] {
        int received = 0;
        Select(OnRecv(c, [&](std::optional<int> v) { received = *v; }),
               Default([&] { received = -1; }));
        got.Send(received);
      });
      c.Close();
      ASSERT_EQ(got.Recv(), 1) << i;
    }
  });
}

// As Go's TestSelfSelect: of two goroutines that would both send or receive on
// one channel, neither gets what it has sent itself.
TEST_P(SelectRaceTest, NobodyMeetsHimself) {
  Main([] {
    for (int capacity : {0, 10}) {
      auto c = MakeChan<int>(capacity);
      WaitGroup wg;
      for (int self : {0, 1}) {
        wg.Go([=] {
          auto see = [=](std::optional<int> v) {
            if (capacity == 0) {
              EXPECT_EQ(v, 1 - self);
            }
          };
          for (int i = 0; i < 500; ++i) {
            if (i % 2 == self) {
              Select(OnSend(c, self), OnRecv(c, see));
            } else {
              Select(OnRecv(c, see), OnSend(c, self));
            }
          }
        });
      }
      wg.Wait();
    }
  });
}

}  // namespace
}  // namespace rt
