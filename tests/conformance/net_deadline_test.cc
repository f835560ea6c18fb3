// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Deadlines of connections.

#include <array>
#include <atomic>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/internal/netpoll.h"
#include "runtime/internal/sched.h"
#include "runtime/internal/timer_heap.h"
#include "runtime/net.h"
#include "runtime/runtime.h"
#include "tests/conformance/net_support.h"
#include "tests/support/runtime_test.h"

namespace rt::net {
namespace {

using internal::ActiveScheduler;
using internal::TimerHeap;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using testing::YieldUntil;

using NetDeadlineTest = NetTest;
RT_INSTANTIATE_NET(NetDeadlineTest);

TEST_P(NetDeadlineTest, ADeadlineEndsWhatWaits) {
  Main([&] {
    Ends ends = Connect(network());
    absl::Time start = rt::Now();
    ExpectOk(ends.a.SetReadDeadline(start + absl::Milliseconds(10)));
    std::string buffer(10, '\0');
    auto got = ends.a.Read(buffer);
    EXPECT_EQ(got.status().code(), absl::StatusCode::kDeadlineExceeded);
    EXPECT_THAT(Text(got), MatchesRegex("read .*: i/o timeout"));
    EXPECT_GE(rt::Now() - start, absl::Milliseconds(10));
    // It stays so, also for data that is there.
    ExpectOk(ends.b.Write("late"));
    EXPECT_THAT(Text(ends.a.Read(buffer)), HasSubstr("i/o timeout"));
    // The other side has no deadline.
    ExpectOk(ends.a.Write("x"));
    // And it can be lifted.
    ExpectOk(ends.a.SetReadDeadline(absl::InfiniteFuture()));
    EXPECT_EQ(ReadSome(ends.a), "late");
  });
}

TEST_P(NetDeadlineTest, AWriteDeadlineEndsAWriteThatWaits) {
  Main([&] {
    Ends ends = Connect(network());
    ExpectOk(ends.a.SetWriteDeadline(rt::Now() + absl::Milliseconds(10)));
    absl::Status status = ends.a.Write(kTooMuch);
    EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
    EXPECT_THAT(Text(status), MatchesRegex("write .*: i/o timeout"));
  });
}

TEST_P(NetDeadlineTest, ADeadlineInThePastEndsWhatWaitsAtOnce) {
  Main([&] {
    Ends ends = Connect(network());
    WaitGroup wg;
    wg.Go([&] {
      std::string buffer(10, '\0');
      EXPECT_THAT(Text(ends.a.Read(buffer)), HasSubstr("i/o timeout"));
    });
    wg.Go([&] {
      EXPECT_THAT(Text(ends.a.Write(kTooMuch)), HasSubstr("i/o timeout"));
    });
    WaitForWaiters(2);
    ExpectOk(ends.a.SetDeadline(Past()));
    wg.Wait();
    ExpectOk(ends.b.Close());
  });
}

TEST_P(NetDeadlineTest, ADeadlineMovesWhileSomebodyWaits) {
  Main([&] {
    WaitGroup wg;
    Ends ends;
    bool moved = false;
    // Again, if the machine was too slow to move it before it came.
    for (auto patience = absl::Milliseconds(20); !moved; patience *= 2) {
      ends = Connect(network());
      std::atomic<bool> has_read{false};
      std::string buffer(10, '\0');
      absl::StatusOr<size_t> got;
      absl::Time first = rt::Now() + patience;
      ExpectOk(ends.a.SetReadDeadline(first));
      wg.Go([&] {
        got = ends.a.Read(buffer);
        has_read = true;
      });
      YieldUntil([&] {
        return has_read || rt::internal::Netpoll::Get().waiters() == 1;
      });
      ExpectOk(ends.a.SetReadDeadline(first + absl::Hours(1)));
      moved = rt::Now() < first;
      Sleep(rt::Until(first) + absl::Milliseconds(1));
      EXPECT_TRUE(!moved || !has_read);
      ExpectOk(ends.b.Write("in time"));
      wg.Wait();
      EXPECT_TRUE(!moved || got.value_or(0) == 7) << got.status();
    }
    wg.Wait();
    // Nearer, too.
    wg.Go([&] {
      std::string buffer(10, '\0');
      EXPECT_THAT(Text(ends.a.Read(buffer)), HasSubstr("i/o timeout"));
    });
    WaitForWaiters(1);
    ExpectOk(ends.a.SetReadDeadline(rt::Now() + absl::Milliseconds(1)));
    wg.Wait();
  });
}

TEST_P(NetDeadlineTest, ADeadlineThatNobodyMeetsDoesNothing) {
  Main([&] {
    for (int i = 0; i < 20; ++i) {
      Ends ends = Connect(network());
      ExpectOk(ends.a.SetDeadline(rt::Now() + absl::Microseconds(50 * i)));
      ExpectOk(ends.a.Close());
    }
    // What was not stopped has come by now.
    YieldUntil(
        [] { return ActiveScheduler()->NextTimerNs() == TimerHeap::kNever; });
    Ends ends = Connect(network());
    ExpectOk(ends.b.Write("x"));
    EXPECT_EQ(ReadSome(ends.a), "x");
  });
}

// Deadlines come, go and are met while data does: all ends are consistent.
TEST_P(NetDeadlineTest, DeadlinesAndDataAtOnce) {
  Main([&] {
    Ends ends = Connect(network());
    constexpr int kBytes = 300;
    WaitGroup wg;
    wg.Go([&] {
      for (int i = 0; i < kBytes; ++i) {
        ExpectOk(ends.b.Write("x"));
        if (i % 8 == 0) Sleep(absl::Microseconds(30));
      }
    });
    int got = 0;
    while (got < kBytes) {
      ExpectOk(ends.a.SetReadDeadline(rt::Now() + absl::Microseconds(20)));
      std::array<char, 3> buffer;
      auto n = ends.a.Read(buffer);
      if (n.ok()) {
        got += static_cast<int>(*n);
      } else {
        EXPECT_THAT(Text(n), HasSubstr("i/o timeout"));
      }
    }
    wg.Wait();
    EXPECT_EQ(got, kBytes);
  });
}

}  // namespace
}  // namespace rt::net
