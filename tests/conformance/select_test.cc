// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What the comments of runtime/select.h promise.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
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
using ::testing::ElementsAre;
using ::testing::Gt;
using testing::PanicOf;
using testing::RuntimeTest;
using testing::WaitUntilBlocked;

using SelectTest = RuntimeTest;
RT_INSTANTIATE(SelectTest);

// --- What is done -----------------------------------------------------------

TEST_P(SelectTest, DoesTheOneCaseThatIsReady) {
  Main([] {
    auto a = MakeChan<int>(1);
    auto b = MakeChan<std::string>(1);
    auto full = MakeChan<int>(1);
    full.Send(0);
    std::string log;
    auto select = [&] {
      return Select(OnRecv(a,
                           [&](std::optional<int> v) {
                             log += "a" + std::to_string(*v);
                           }),
                    OnRecv(b, [&](std::optional<std::string> v) { log += *v; }),
                    OnSend(full, 3, [&] { log += "sent"; }));
    };
    a.Send(1);
    EXPECT_EQ(select(), 0u);
    EXPECT_EQ(log, "a1");
    b.Send("two");
    EXPECT_EQ(select(), 1u);
    EXPECT_EQ(log, "a1two");
    full.Recv();
    EXPECT_EQ(select(), 2u);
    EXPECT_EQ(log, "a1twosent");
    EXPECT_EQ(full.Recv(), 3);
  });
}

TEST_P(SelectTest, FunctionsMayBeLeftOut) {
  Main([] {
    auto c = MakeChan<int>(1);
    Chan<int> nil;
    EXPECT_EQ(Select(OnRecv(nil), OnSend(c, 1)), 1u);
    EXPECT_EQ(Select(OnRecv(c), OnRecv(nil)), 0u);
    EXPECT_EQ(c.Len(), 0);
    EXPECT_EQ(Select(OnRecv(c), Default(), OnRecv(nil)), 1u);
  });
}

TEST_P(SelectTest, TakesHalvesOfAChannel) {
  Main([] {
    auto c = MakeChan<int>(1);
    SendChan<int> in = c;
    RecvChan<int> out = c;
    int got = 0;
    EXPECT_EQ(Select(OnSend(in, 5), OnRecv(out)), 0u);
    EXPECT_EQ(Select(OnSend(in, 6),
                     OnRecv(out, [&](std::optional<int> v) { got = *v; })),
              1u);
    EXPECT_EQ(got, 5);
  });
}

TEST_P(SelectTest, AFunctionMayBlockThrowAndSelectAgain) {
  Main([] {
    auto a = MakeChan<int>(1);
    auto b = MakeChan<int>(1);
    a.Send(1);
    Go([=] { b.Send(2); });
    int sum = 0;
    Select(OnRecv(a,
                  [&](std::optional<int> x) {
                    sum = *x + *b.Recv();
                    a.Send(7);
                    Select(OnRecv(b),
                           OnRecv(a, [&](std::optional<int> y) { sum += *y; }));
                  }),
           OnRecv(Chan<int>()));
    EXPECT_EQ(sum, 10);
    a.Send(1);
    EXPECT_EQ(PanicOf([&] {
                Select(OnRecv(a, [] { throw Panic("mine"); }), OnRecv(b));
              }),
              "mine");
    EXPECT_EQ(a.Len(), 0);
  });
}

TEST_P(SelectTest, AFunctionThatIsNamedIsNotCopied) {
  Main([] {
    struct Counter {
      void operator()() { ++calls; }
      int calls = 0;
    } counter;
    for (int i = 0; i < 3; ++i) {
      Select(Default(counter));
      Select(OnRecv(Chan<int>()), OnRecv(Chan<int>()), Default(counter));
    }
    EXPECT_EQ(counter.calls, 6);
  });
}

// --- Ready channels ---------------------------------------------------------

TEST_P(SelectTest, DefaultIsForWhenNothingElseCanBeDone) {
  Main([] {
    auto empty = MakeChan<int>();
    auto full = MakeChan<int>(1);
    full.Send(0);
    Chan<int> nil;
    EXPECT_EQ(Select(OnRecv(empty), Default()), 1u);
    EXPECT_EQ(Select(OnSend(full, 1), Default()), 1u);
    EXPECT_EQ(Select(OnSend(empty, 1), Default()), 1u);
    EXPECT_EQ(Select(OnRecv(nil), Default()), 1u);
    EXPECT_EQ(Select(OnSend(nil, 1), Default()), 1u);
    EXPECT_EQ(
        Select(Default(), OnRecv(empty), OnSend(full, 1), OnSend(empty, 2)),
        0u);
    EXPECT_EQ(Select(OnRecv(full), Default()), 0u);
    EXPECT_EQ(Select(OnRecv(full), OnRecv(empty), Default()), 2u);
    EXPECT_EQ(Select(OnSend(full, 1), OnRecv(empty), Default()), 0u);
    EXPECT_EQ(Select(Default()), 0u);
  });
}

TEST_P(SelectTest, OneCaseWithoutDefaultIsThePlainOperation) {
  Main([] {
    auto c = MakeChan<int>();
    Go([=] { Select(OnSend(c, 4)); });
    int got = 0;
    EXPECT_EQ(Select(OnRecv(c, [&](std::optional<int> v) { got = *v; })), 0u);
    EXPECT_EQ(got, 4);
  });
}

TEST_P(SelectTest, ReceivesFromAWaitingSender) {
  Main([] {
    auto c = MakeChan<int>();
    Go([=] { c.Send(9); });
    WaitUntilBlocked(1);
    int got = 0;
    auto keep = [&](std::optional<int> v) { got = *v; };
    EXPECT_EQ(Select(OnRecv(c, keep), Default()), 0u);
    EXPECT_EQ(got, 9);
    Go([=] { c.Send(10); });
    WaitUntilBlocked(1);
    EXPECT_EQ(Select(OnRecv(Chan<int>()), OnRecv(c, keep), Default()), 1u);
    EXPECT_EQ(got, 10);
  });
}

TEST_P(SelectTest, SendsToAWaitingReceiver) {
  Main([] {
    auto c = MakeChan<int>();
    auto got = MakeChan<int>(2);
    for (int i = 0; i < 2; ++i) Go([=] { got.Send(*c.Recv()); });
    WaitUntilBlocked(2);
    EXPECT_EQ(Select(OnSend(c, 1), Default()), 0u);
    EXPECT_EQ(Select(OnRecv(Chan<int>()), OnSend(c, 2), Default()), 1u);
    EXPECT_EQ(*got.Recv() + *got.Recv(), 3);
  });
}

TEST_P(SelectTest, AClosedChannelCanAlwaysBeReceivedFrom) {
  Main([] {
    auto c = MakeChan<int>(1);
    auto other = MakeChan<int>();
    c.Send(1);
    c.Close();
    std::vector<int> got;
    auto keep = [&](std::optional<int> v) { got.push_back(v.value_or(-1)); };
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(Select(OnRecv(other), OnRecv(c, keep)), 1u);
    }
    EXPECT_EQ(Select(OnRecv(c, keep), Default()), 0u);
    EXPECT_EQ(Select(OnRecv(c, keep)), 0u);
    EXPECT_THAT(got, ElementsAre(1, -1, -1, -1, -1));
  });
}

TEST_P(SelectTest, SendingToAClosedChannelPanics) {
  Main([] {
    constexpr char kText[] = "send on closed channel";
    auto c = MakeChan<int>();
    auto open = MakeChan<int>();
    c.Close();
    EXPECT_EQ(PanicOf([&] { Select(OnSend(c, 1)); }), kText);
    EXPECT_EQ(PanicOf([&] { Select(OnSend(c, 1), Default()); }), kText);
    EXPECT_EQ(PanicOf([&] { Select(OnSend(c, 1), OnRecv(open)); }), kText);
    EXPECT_EQ(PanicOf([&] { Select(OnRecv(open), OnSend(c, 1), Default()); }),
              kText);
    // The channels are as they were: unlocked.
    EXPECT_EQ(Select(OnRecv(open), Default()), 1u);
    EXPECT_EQ(PanicOf([&] { c.Send(1); }), kText);
  });
}

// --- Operands ---------------------------------------------------------------

// As Go's test/chan/select: what stands in a case is evaluated once, whatever
// is chosen, and also for a nil channel.
TEST_P(SelectTest, EvaluatesEachOperandOnce) {
  Main([] {
    int channels = 0;
    int values = 0;
    auto none = [&] {
      ++channels;
      return Chan<int>();
    };
    auto value = [&] { return ++values; };
    auto open = MakeChan<int>(1);
    EXPECT_EQ(Select(OnRecv(none()), OnSend(none(), value()),
                     OnSend(open, value()), OnRecv(none())),
              2u);
    EXPECT_EQ(channels, 3);
    EXPECT_EQ(values, 2);
    EXPECT_EQ(Select(OnSend(open, value()), Default()), 1u);
    EXPECT_EQ(values, 3);
  });
}

TEST_P(SelectTest, MovesAValueOnlyIfItIsSent) {
  Main([] {
    auto c = MakeChan<std::unique_ptr<int>>(1);
    auto other = MakeChan<int>();
    auto p = std::make_unique<int>(1);
    auto q = std::make_unique<int>(2);
    EXPECT_EQ(Select(OnSend(c, std::move(p)), OnRecv(other)), 0u);
    EXPECT_EQ(p, nullptr);
    EXPECT_EQ(Select(OnSend(c, std::move(q)), Default()), 1u);
    ASSERT_NE(q, nullptr);
    EXPECT_EQ(Select(OnSend(c, std::move(q)), OnRecv(other), Default()), 2u);
    ASSERT_NE(q, nullptr);
    int got = 0;
    EXPECT_EQ(Select(OnRecv(other),
                     OnRecv(c,
                            [&](std::optional<std::unique_ptr<int>> v) {
                              if (v.has_value()) got = **v;
                            })),
              1u);
    EXPECT_EQ(got, 1);
    std::string text = "a text that is too long to be stored in place";
    auto texts = MakeChan<std::string>(1);
    Select(OnSend(texts, text), OnRecv(other));
    EXPECT_EQ(texts.Recv(), text);
  });
}

// Counts its living copies.
struct Counted {
  explicit Counted(std::atomic<int>* alive) : alive(alive) { ++*alive; }
  Counted(const Counted& other) : alive(other.alive) { ++*alive; }
  Counted(Counted&& other) noexcept : alive(other.alive) { ++*alive; }
  ~Counted() { --*alive; }
  std::atomic<int>* alive;
};

TEST_P(SelectTest, DestroysEachElementOnce) {
  Main([] {
    std::atomic<int> alive{0};
    {
      auto c = MakeChan<Counted>(2);
      auto never = MakeChan<int>();
      Counted named(&alive);
      Select(OnSend(c, Counted(&alive)), OnRecv(never));
      Select(OnSend(c, named), OnRecv(never));
      EXPECT_EQ(alive, 3);
      Select(OnSend(c, named), Default());
      Select(OnSend(c, Counted(&alive)), OnRecv(never), Default());
      EXPECT_EQ(alive, 3);
      Select(OnRecv(c), OnRecv(never));
      EXPECT_EQ(alive, 2);
      EXPECT_EQ(PanicOf([&] {
                  Select(OnRecv(c, [](auto) { throw Panic("x"); }),
                         OnRecv(never));
                }),
                "x");
      EXPECT_EQ(alive, 1);
    }
    EXPECT_EQ(alive, 0);
  });
}

// --- SelectAny --------------------------------------------------------------

TEST_P(SelectTest, AnyDoesWhatSelectDoes) {
  Main([] {
    for (int n : {1, 2, 8, 9, 16, 17, 100}) {
      std::vector<Chan<int>> c;
      std::vector<SelectCase> cases;
      int got = 0;
      for (int i = 0; i < n; ++i) {
        c.push_back(MakeChan<int>());
        cases.push_back(
            OnRecv(c.back(), [&](std::optional<int> v) { got = *v; }));
      }
      for (int i = 0; i < 2 * n; ++i) {
        Go([to = c[static_cast<size_t>(i % n)], i] { to.Send(i); });
        size_t which = SelectAny(cases);
        EXPECT_EQ(which, static_cast<size_t>(i % n));
        EXPECT_EQ(got, i);
      }
      cases.push_back(Default());
      EXPECT_EQ(SelectAny(cases), static_cast<size_t>(n));
      // A case that has been taken out is never done.
      c[0].Close();
      cases[0] = SelectCase();
      EXPECT_EQ(SelectAny(cases), static_cast<size_t>(n));
    }
  });
}

TEST_P(SelectTest, AnyKeepsItsChannelsAndValues) {
  Main([] {
    auto done = MakeChan<std::string>(1);
    std::vector<SelectCase> cases;
    {
      auto gone = MakeChan<int>(1);
      gone.Send(3);
      std::string text = "a text that is too long to be stored in place";
      cases.push_back(OnRecv(gone));
      cases.push_back(OnSend(done, std::move(text)));
    }
    done.Send("full");
    EXPECT_EQ(SelectAny(cases), 0u);
    done.Recv();
    EXPECT_EQ(SelectAny(cases), 1u);
    EXPECT_EQ(done.Recv(), "a text that is too long to be stored in place");
  });
}

TEST_P(SelectTest, AnyTakesOneDefault) {
  Main([] {
    std::array<SelectCase, 2> cases = {Default(), Default()};
    EXPECT_EQ(PanicOf([&] { SelectAny(cases); }),
              "SelectAny: more than one Default");
  });
}

TEST_P(SelectTest, AnyTakesReadyCasesAtRandom) {
  Main([] {
    constexpr size_t kCases = 40;
    auto closed = MakeChan<int>();
    closed.Close();
    std::vector<SelectCase> cases;
    for (size_t i = 0; i < kCases; ++i) cases.push_back(OnRecv(closed));
    std::vector<int> taken(kCases);
    for (size_t i = 0; i < 100 * kCases; ++i) ++taken[SelectAny(cases)];
    EXPECT_THAT(taken, Each(Gt(25)));
  });
}

}  // namespace
}  // namespace rt
