// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Chan's contract: every cell of the table at the head of runtime/chan.h, and
// what its comments promise.

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/chan.h"
#include "runtime/runtime.h"
#include "tests/support/failure.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using ::testing::ElementsAre;
using testing::PanicOf;
using testing::RuntimeTest;
using testing::WaitUntilBlocked;

using ChanTest = RuntimeTest;
RT_INSTANTIATE(ChanTest);

TEST_P(ChanTest, KeepsOrderInTheBuffer) {
  Main([] {
    auto c = MakeChan<int>(3);
    c.Send(1);
    c.Send(2);
    c.Send(3);
    EXPECT_EQ(c.Recv(), 1);
    c.Send(4);
    EXPECT_EQ(c.Recv(), 2);
    EXPECT_EQ(c.Recv(), 3);
    EXPECT_EQ(c.Recv(), 4);
  });
}

TEST_P(ChanTest, LenAndCapCountElements) {
  Main([] {
    auto c = MakeChan<int>(2);
    EXPECT_EQ(c.Len(), 0);
    EXPECT_EQ(c.Cap(), 2);
    c.Send(1);
    EXPECT_EQ(c.Len(), 1);
    c.Send(2);
    EXPECT_EQ(c.Len(), 2);
    EXPECT_EQ(c.Cap(), 2);
    EXPECT_EQ(MakeChan<int>().Cap(), 0);
    EXPECT_EQ(Chan<int>().Len(), 0);
    EXPECT_EQ(Chan<int>().Cap(), 0);
  });
}

TEST_P(ChanTest, UnbufferedSendWaitsForItsReceiver) {
  Main([] {
    auto c = MakeChan<int>();
    bool sent = false;
    auto done = MakeChan<bool>();
    Go([&] {
      c.Send(7);
      sent = true;
      done.Send(true);
    });
    WaitUntilBlocked(1);
    EXPECT_FALSE(sent);
    EXPECT_EQ(c.Len(), 0);
    EXPECT_EQ(c.Recv(), 7);
    done.Recv();
    EXPECT_TRUE(sent);
  });
}

TEST_P(ChanTest, RecvWaitsForASender) {
  Main([] {
    auto c = MakeChan<int>();
    auto result = MakeChan<int>(1);
    Go([=] { result.Send(c.Recv().value()); });
    WaitUntilBlocked(1);
    EXPECT_EQ(result.Len(), 0);
    c.Send(7);
    EXPECT_EQ(result.Recv(), 7);
  });
}

TEST_P(ChanTest, FullBufferBlocksTheSenderUntilThereIsRoom) {
  Main([] {
    auto c = MakeChan<int>(1);
    auto done = MakeChan<bool>(1);
    c.Send(1);
    Go([=] {
      c.Send(2);
      done.Send(true);
    });
    WaitUntilBlocked(1);
    EXPECT_EQ(done.Len(), 0);
    EXPECT_EQ(c.Recv(), 1);
    EXPECT_EQ(c.Recv(), 2);
    done.Recv();
  });
}

TEST_P(ChanTest, BlockedSendersComeInTheirOrder) {
  Main([] {
    auto c = MakeChan<int>(1);
    c.Send(0);
    for (int i = 1; i <= 3; ++i) {
      Go([=] { c.Send(i); });
      WaitUntilBlocked(i);
    }
    for (int i = 0; i <= 3; ++i) EXPECT_EQ(c.Recv(), i);
  });
}

TEST_P(ChanTest, BlockedReceiversComeInTheirOrder) {
  Main([] {
    auto c = MakeChan<int>();
    std::vector<Chan<int>> got;
    for (int i = 0; i < 3; ++i) {
      got.push_back(MakeChan<int>(1));
      Go([c, to = got.back()] { to.Send(*c.Recv()); });
      WaitUntilBlocked(i + 1);
    }
    for (int i = 0; i < 3; ++i) c.Send(i);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(got[i].Recv(), i);
  });
}

TEST_P(ChanTest, RecvOnClosedDrainsBufferFirst) {
  Main([] {
    auto c = MakeChan<int>(2);
    c.Send(1);
    c.Send(2);
    c.Close();
    EXPECT_EQ(c.Recv(), 1);
    EXPECT_EQ(c.Recv(), 2);
    EXPECT_EQ(c.Recv(), std::nullopt);
    EXPECT_EQ(c.Recv(), std::nullopt);
  });
}

TEST_P(ChanTest, CloseWakesEveryReceiver) {
  Main([] {
    auto c = MakeChan<int>();
    auto closed = MakeChan<bool>(3);
    for (int i = 0; i < 3; ++i) {
      Go([=] { closed.Send(!c.Recv().has_value()); });
    }
    WaitUntilBlocked(3);
    c.Close();
    for (int i = 0; i < 3; ++i) EXPECT_EQ(closed.Recv(), true);
  });
}

TEST_P(ChanTest, CloseMakesBlockedSendersPanic) {
  Main([] {
    auto c = MakeChan<int>();
    auto panics = MakeChan<std::string>(2);
    for (int i = 0; i < 2; ++i) {
      Go([=] { panics.Send(PanicOf([&] { c.Send(1); })); });
    }
    WaitUntilBlocked(2);
    c.Close();
    EXPECT_EQ(panics.Recv(), "send on closed channel");
    EXPECT_EQ(panics.Recv(), "send on closed channel");
  });
}

TEST_P(ChanTest, MisuseOfAClosedOrNilChannelPanics) {
  Main([] {
    auto c = MakeChan<int>(1);
    c.Close();
    EXPECT_EQ(PanicOf([&] { c.Send(1); }), "send on closed channel");
    EXPECT_EQ(PanicOf([&] { c.Close(); }), "close of closed channel");
    EXPECT_EQ(PanicOf([] { Chan<int>().Close(); }), "close of nil channel");
  });
}

TEST_P(ChanTest, SizeOutOfRangePanics) {
  Main([] {
    EXPECT_EQ(PanicOf([] { MakeChan<int>(-1); }),
              "makechan: size out of range");
    EXPECT_EQ(PanicOf([] { MakeChan<int64_t>(INT64_MAX / 4); }),
              "makechan: size out of range");
  });
}

TEST_P(ChanTest, RangeForEndsWhenClosed) {
  Main([] {
    auto c = MakeChan<int>();
    Go([=] {
      for (int i = 0; i < 4; ++i) c.Send(i);
      c.Close();
    });
    std::vector<int> got;
    for (int v : c) got.push_back(v);
    EXPECT_THAT(got, ElementsAre(0, 1, 2, 3));
  });
}

TEST_P(ChanTest, HalvesShareTheChannel) {
  Main([] {
    auto c = MakeChan<int>(1);
    SendChan<int> in = c;
    RecvChan<int> out = c;
    EXPECT_TRUE(in == out);
    EXPECT_TRUE(c == in);
    EXPECT_FALSE(c == MakeChan<int>(1));
    EXPECT_TRUE(Chan<int>() == RecvChan<int>());
    EXPECT_FALSE(static_cast<bool>(Chan<int>()));
    in.Send(5);
    in.Close();
    std::vector<int> got;
    for (int v : out) got.push_back(v);
    EXPECT_THAT(got, ElementsAre(5));
  });
}

// As Go's test/chan/perm.go: what a half cannot do does not compile. (For the
// cases of a select: send_to_a_receiver.cc, receive_from_a_sender.cc.)
template <typename C>
concept Sends = requires(C c) {
  c.Send(1);
};
template <typename C>
concept Receives = requires(C c) {
  c.Recv();
};
template <typename C>
concept Ranges = requires(C c) {
  c.begin() == c.end();
};
template <typename C>
concept Closes = requires(C c) {
  c.Close();
};
using Both = Chan<int>;
using Send = SendChan<int>;
using Recv = RecvChan<int>;
static_assert(Sends<Both> && Receives<Both> && Ranges<Both> && Closes<Both>);
static_assert(Sends<Send> && !Receives<Send> && !Ranges<Send> && Closes<Send>);
static_assert(!Sends<Recv> && Receives<Recv> && Ranges<Recv> && !Closes<Recv>);
static_assert(std::is_convertible_v<Both, Send>);
static_assert(std::is_convertible_v<Both, Recv>);
static_assert(!std::is_constructible_v<Both, Send>);
static_assert(!std::is_constructible_v<Both, Recv>);
static_assert(!std::is_constructible_v<Send, Recv>);
static_assert(!std::is_constructible_v<Recv, Send>);
static_assert(!std::is_constructible_v<Chan<int64_t>, Both>);
static_assert(!std::is_constructible_v<RecvChan<int64_t>, Both>);

TEST_P(ChanTest, MayBeDestroyedWhenTheLastCallReturns) {
  Main([] {
    for (int i = 0; i < 300; ++i) {
      auto wake = MakeChan<int>();
      Go([to = SendChan<int>(wake)] { to.Send(1); });
      wake.Recv();  // And the channel goes, whether the Send is back or not.
    }
  });
}

TEST_P(ChanTest, ManySendersAndReceiversLoseNothing) {
  Main([] {
    constexpr int kSenders = 8;
    constexpr int kEach = 200;
    for (int capacity : {0, 1, 7}) {
      auto c = MakeChan<int>(capacity);
      auto sums = MakeChan<int64_t>(kSenders);
      WaitGroup senders;
      for (int s = 0; s < kSenders; ++s) {
        senders.Go([=] {
          for (int i = 0; i < kEach; ++i) c.Send(s * kEach + i);
        });
      }
      for (int r = 0; r < kSenders; ++r) {
        Go([=] {
          int64_t sum = 0;
          for (int v : c) sum += v;
          sums.Send(sum);
        });
      }
      senders.Wait();
      c.Close();
      int64_t total = 0;
      for (int r = 0; r < kSenders; ++r) total += *sums.Recv();
      constexpr int64_t kAll = kSenders * kEach;
      EXPECT_EQ(total, kAll * (kAll - 1) / 2);
    }
  });
}

}  // namespace
}  // namespace rt
