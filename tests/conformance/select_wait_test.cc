// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What the comments of runtime/select.h promise of selects that wait, that meet
// others, and that have a choice.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/runtime.h"
#include "tests/support/failure.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using ::testing::Each;
using testing::PanicOf;
using testing::RuntimeTest;
using testing::WaitUntilBlocked;

using SelectWaitTest = RuntimeTest;
RT_INSTANTIATE(SelectWaitTest);

// --- Waiting ----------------------------------------------------------------

// A select that waits at three channels and is completed in every way.
TEST_P(SelectWaitTest, WaitsUntilOneCaseCanBeDone) {
  Main([] {
    for (size_t way = 0; way < 5; ++way) {
      auto a = MakeChan<int>();
      auto full = MakeChan<int>(1);
      auto b = MakeChan<int>(1);
      full.Send(0);
      auto result = MakeChan<std::pair<size_t, int>>();
      Go([=] {
        int got = 0;
        auto keep = [&](std::optional<int> v) { got = v.value_or(-1); };
        size_t which = Select(OnRecv(a, keep), OnSend(full, 7), OnRecv(b, keep),
                              OnRecv(Chan<int>()));
        result.Send({which, got});
      });
      WaitUntilBlocked(1);
      switch (way) {
        case 0:
          a.Send(5);
          EXPECT_EQ(result.Recv(), std::pair(size_t{0}, 5));
          break;
        case 1:
          EXPECT_EQ(full.Recv(), 0);
          EXPECT_EQ(result.Recv(), std::pair(size_t{1}, 0));
          EXPECT_EQ(full.Recv(), 7);
          break;
        case 2:
          b.Send(6);
          EXPECT_EQ(result.Recv(), std::pair(size_t{2}, 6));
          break;
        case 3:
          a.Close();
          EXPECT_EQ(result.Recv(), std::pair(size_t{0}, -1));
          break;
        case 4:
          b.Close();
          EXPECT_EQ(result.Recv(), std::pair(size_t{2}, -1));
          break;
      }
      // Nothing of the select is left at the other channels.
      if (way != 3) {
        EXPECT_EQ(Select(OnSend(a, 1), Default()), 1u);
      }
      if (way != 1) {
        EXPECT_EQ(full.Recv(), 0);
        EXPECT_EQ(full.Len(), 0);
      }
      if (way != 4) {
        b.Send(1);
        EXPECT_EQ(b.Len(), 1);
      }
    }
  });
}

TEST_P(SelectWaitTest, ClosingMakesAWaitingSendPanic) {
  Main([] {
    auto a = MakeChan<int>();
    auto b = MakeChan<int>();
    auto panics = MakeChan<std::string>();
    Go([=] {
      panics.Send(PanicOf([&] { Select(OnSend(a, 1), OnSend(b, 2)); }));
    });
    WaitUntilBlocked(1);
    b.Close();
    EXPECT_EQ(panics.Recv(), "send on closed channel");
    EXPECT_EQ(Select(OnRecv(a), Default()), 1u);
  });
}

TEST_P(SelectWaitTest, MayUseOneChannelSeveralTimes) {
  Main([] {
    auto c = MakeChan<int>();
    auto d = MakeChan<int>();
    auto got = MakeChan<int>(1);
    auto select = [=] {
      Select(OnRecv(c, [=](std::optional<int> v) { got.Send(*v); }), OnRecv(d),
             OnSend(c, 8),
             OnRecv(c, [=](std::optional<int> v) { got.Send(*v); }));
      got.Send(0);
    };
    // In both directions, and it does not meet itself.
    Go(select);
    WaitUntilBlocked(1);
    c.Send(3);
    EXPECT_EQ(got.Recv(), 3);
    EXPECT_EQ(got.Recv(), 0);
    Go(select);
    WaitUntilBlocked(1);
    EXPECT_EQ(c.Recv(), 8);
    EXPECT_EQ(got.Recv(), 0);
    // Two that do the same meet each other.
    Go(select);
    WaitUntilBlocked(1);
    Go(select);
    EXPECT_EQ(*got.Recv() + *got.Recv() + *got.Recv(), 8);
    WaitUntilBlocked(0);
    EXPECT_EQ(Select(OnRecv(c), OnSend(c, 1), Default()), 2u);
  });
}

// As Go's test/chan/doubleselect.go: a value that a select has sent arrives
// once, however many cases of it could have sent it.
TEST_P(SelectWaitTest, SendsEachValueOnce) {
  Main([] {
    constexpr int kValues = 2'000;
    auto a = MakeChan<int>();
    auto b = MakeChan<int>();
    auto c = MakeChan<int>();
    auto d = MakeChan<int>();
    auto all = MakeChan<int>();
    Go([=] {
      for (int i = 0; i < kValues; ++i) {
        Select(OnSend(a, i), OnSend(b, i), OnSend(c, i), OnSend(d, i));
      }
      for (auto& one : {a, b, c, d}) one.Close();
    });
    WaitGroup forwarders;
    for (auto& one : {a, b, c, d}) {
      forwarders.Go([=] {
        for (int v : one) all.Send(v);
      });
    }
    Go([&] {
      forwarders.Wait();
      all.Close();
    });
    std::vector<int> times(kValues);
    for (int v : all) ++times[static_cast<size_t>(v)];
    EXPECT_THAT(times, Each(1));
  });
}

TEST_P(SelectWaitTest, ChannelsMayBeDestroyedWhenItReturns) {
  Main([] {
    for (int i = 0; i < 300; ++i) {
      auto a = MakeChan<int>();
      auto b = MakeChan<int>();
      Go([to = SendChan<int>(a)] { to.Send(1); });
      Go([from = RecvChan<int>(b)] { from.Recv(); });
      if (Select(OnRecv(a), OnSend(b, 2)) == 0) {
        b.Close();
      } else {
        a.Recv();
      }
    }  // And both channels go, whether the other goroutines are back or not.
  });
}

TEST_P(SelectWaitTest, ManySelectsLoseNothing) {
  Main([] {
    constexpr int kEach = 300;
    constexpr int kSenders = 4;
    std::vector<Chan<int>> c;
    for (int capacity : {0, 0, 1, 5}) c.push_back(MakeChan<int>(capacity));
    auto quit = MakeChan<bool>();
    std::atomic<int64_t> received{0};
    std::atomic<int> count{0};
    WaitGroup senders, receivers;
    for (int s = 0; s < kSenders; ++s) {
      senders.Go([&, s] {
        for (int i = 0; i < kEach; ++i) {
          int v = s * kEach + i;
          Select(OnSend(c[0], v), OnSend(c[1], v), OnSend(c[2], v),
                 OnSend(c[3], v));
        }
      });
      receivers.Go([&] {
        auto keep = [&](std::optional<int> v) {
          received += *v;
          ++count;
        };
        while (Select(OnRecv(c[3], keep), OnRecv(c[2], keep),
                      OnRecv(c[1], keep), OnRecv(c[0], keep),
                      OnRecv(quit)) != 4) {
        }
      });
    }
    senders.Wait();
    while (c[2].Len() + c[3].Len() > 0) Gosched();
    quit.Close();
    receivers.Wait();
    constexpr int64_t kAll = kSenders * kEach;
    EXPECT_EQ(count, kAll);
    EXPECT_EQ(received, kAll * (kAll - 1) / 2);
  });
}

// As Go's test/chan/select6.go: a select that lost leaves the queue in order,
// also when it stood at its end, behind another.
TEST_P(SelectWaitTest, ALoserLeavesTheQueueInOrder) {
  Main([] {
    auto a = MakeChan<int>();
    auto b = MakeChan<int>();
    auto got = MakeChan<int>(2);
    auto done = MakeChan<bool>();
    Go([=] { got.Send(*a.Recv()); });
    WaitUntilBlocked(1);
    Go([=] {
      EXPECT_EQ(Select(OnRecv(a), OnRecv(b)), 1u);
      done.Send(true);
      got.Send(*a.Recv());
    });
    WaitUntilBlocked(2);
    b.Send(0);
    done.Recv();
    a.Send(1);
    a.Send(2);
    EXPECT_EQ(*got.Recv() + *got.Recv(), 3);
  });
}

// As select7.go: every way to send meets every way to receive, whoever comes
// first.
TEST_P(SelectWaitTest, EveryFormMeetsEveryOther) {
  Main([] {
    using Form = std::function<void(Chan<int>)>;
    auto see = [](std::optional<int> v) { EXPECT_EQ(v, 7); };
    Chan<int> never;
    const std::vector<Form> receivers = {
        [&](const Chan<int>& c) { see(c.Recv()); },
        [&](const Chan<int>& c) { Select(OnRecv(c, see)); },
        [&](const Chan<int>& c) { Select(OnRecv(never), OnRecv(c, see)); },
        [&](const Chan<int>& c) { Select(OnRecv(c, see), OnRecv(c, see)); },
        [&](const Chan<int>& c) {
          while (Select(OnRecv(c, see), Default()) == 1) Gosched();
        },
        [&](const Chan<int>& c) {
          while (Select(OnRecv(c, see), OnRecv(never), Default()) == 2) {
            Gosched();
          }
        },
    };
    const std::vector<Form> senders = {
        [&](const Chan<int>& c) { c.Send(7); },
        [&](const Chan<int>& c) { Select(OnSend(c, 7)); },
        [&](const Chan<int>& c) { Select(OnSend(c, 7), OnSend(never, 8)); },
        [&](const Chan<int>& c) { Select(OnSend(c, 7), OnSend(c, 7)); },
    };
    for (const Form& receive : receivers) {
      for (const Form& send : senders) {
        for (bool sender_first : {false, true}) {
          auto c = MakeChan<int>();
          WaitGroup wg;
          wg.Go([&] { (sender_first ? send : receive)(c); });
          Gosched();
          (sender_first ? receive : send)(c);
          wg.Wait();
          EXPECT_EQ(Select(OnRecv(c), OnSend(c, 7), Default()), 2u);
        }
      }
    }
  });
}

// --- Fairness ---------------------------------------------------------------

// The chance that a fair draw among `ways` cases misses one of them by as much
// as half its share is below 10^-20.
TEST_P(SelectWaitTest, TakesReadyCasesAtRandom) {
  Main([] {
    constexpr int kRounds = 4'000;
    auto a = MakeChan<int>();
    auto b = MakeChan<int>();
    auto c = MakeChan<int>();
    auto never = MakeChan<int>();
    for (auto& one : {a, b, c}) one.Close();
    std::array<int, 4> taken = {};
    for (int i = 0; i < kRounds; ++i) {
      ++taken[Select(OnRecv(a), OnRecv(never), OnRecv(b), OnRecv(c))];
    }
    EXPECT_EQ(taken[1], 0);
    for (size_t i : {0, 2, 3}) EXPECT_GT(taken[i], kRounds / 6) << i;
    taken = {};
    for (int i = 0; i < kRounds; ++i) {
      ++taken[Select(OnRecv(a), Default(), OnRecv(b), OnRecv(c))];
    }
    EXPECT_EQ(taken[1], 0);
    for (size_t i : {0, 2, 3}) EXPECT_GT(taken[i], kRounds / 6) << i;
  });
}

// As Go's test/chan/fairness: two producers that never stop, and a select that
// must hear both.
TEST_P(SelectWaitTest, HearsBothOfTwoBusyProducers) {
  Main([] {
    auto a = MakeChan<int>();
    auto b = MakeChan<int>();
    auto quit = MakeChan<bool>();
    WaitGroup wg;
    for (auto& one : {a, b}) {
      wg.Go([=] {
        while (Select(OnSend(one, 1), OnRecv(quit)) == 0) {
        }
      });
    }
    int heard[2] = {};
    while (heard[0] < 50 || heard[1] < 50)
      ++heard[Select(OnRecv(a), OnRecv(b))];
    quit.Close();
    wg.Wait();
    EXPECT_GE(heard[0], 50);
  });
}

}  // namespace
}  // namespace rt
