// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Contexts under the explorer: every order of cancelling, asking and waiting,
// and deadlines on a virtual clock.

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/explorer/explore.h"
#include "runtime/runtime.h"
#include "tests/support/explore_test.h"

namespace {

using ::rt::explorer::Verdict;
using ::rt::testing::RowName;

constexpr absl::Duration kSecond = absl::Seconds(1);

using Case = ::rt::testing::ExploreCase;
using ContextExploreTest = ::rt::testing::ExploreTest;

TEST_P(ContextExploreTest, IsJudged) { Judge(); }

// A parameter is what makes the difference between right and wrong.

enum class See { kDone, kErr, kCause, kAfterFunc, kNothing };

// What is written before the cancel is visible to whoever has seen it.
void WriteThenCancel(See see) {
  auto [ctx, cancel] = rt::WithCancel(rt::Background());
  auto n = std::make_shared<int>(0);
  rt::WaitGroup wg;
  wg.Go([=, ctx = ctx] {
    switch (see) {
      case See::kDone:
        ctx.Done().Recv();
        break;
      case See::kErr:
        while (ctx.Err().ok()) {
        }
        break;
      case See::kCause:
        if (rt::Cause(ctx).ok()) return;
        break;
      case See::kAfterFunc: {
        auto called = rt::MakeChan<int>();
        rt::AfterFunc(ctx, [=] { called.Send(*n); });
        EXPECT_EQ(called.Recv(), 1);
        break;
      }
      case See::kNothing:
        break;
    }
    EXPECT_EQ(*n, 1);
  });
  *n = 1;
  cancel();
  wg.Wait();
}

void WaitForCancel(bool cancelled) {
  auto [ctx, cancel] = rt::WithCancel(rt::Background());
  rt::Go([ctx = ctx] { ctx.Done().Recv(); });
  if (cancelled) cancel();
}

// Who waits for the root may be faster than the cancel is at the leaf; who has
// called it is not, whoever called it first.
void LookAtTheLeaf(bool by_calling) {
  auto [root, cancel] = rt::WithCancel(rt::Background());
  auto [leaf, cancel_leaf] = rt::WithCancel(root);
  rt::WaitGroup wg;
  wg.Go([=, root = root, leaf = leaf, cancel = cancel] {
    if (by_calling) {
      cancel();
    } else {
      root.Done().Recv();
    }
    EXPECT_FALSE(leaf.Err().ok());
  });
  cancel();
  EXPECT_FALSE(leaf.Err().ok());
  wg.Wait();
}

// Two give a reason; which one stays is open, and the same for both.
void TwoReasons(bool know_which) {
  auto [ctx, cancel] = rt::WithCancelCause(rt::Background());
  auto [child, cancel_child] = rt::WithCancelCause(ctx);
  absl::Status mine = absl::AbortedError("mine");
  absl::Status yours = absl::AbortedError("yours");
  rt::WaitGroup wg;
  wg.Go([=, cancel = cancel] { cancel(yours); });
  cancel(mine);
  EXPECT_EQ(rt::Cause(child), rt::Cause(ctx));
  wg.Wait();
  EXPECT_EQ(rt::Cause(child), rt::Cause(ctx));
  if (know_which) {
    EXPECT_EQ(rt::Cause(ctx), mine);
  }
}

// A deadline, and work that takes a while.
void WorkInTime(absl::Duration work) {
  absl::Time start = rt::Now();
  auto [ctx, cancel] = rt::WithTimeout(rt::Background(), 2 * kSecond);
  EXPECT_EQ(ctx.Deadline(), start + 2 * kSecond);
  auto done = rt::MakeChan<int>(1);
  rt::Go([=] {
    rt::Sleep(work);
    done.Send(1);
  });
  bool in_time =
      rt::Select(rt::OnRecv(done), rt::OnRecv(ctx.Done(), [&, ctx = ctx] {
                   EXPECT_EQ(rt::Since(start), 2 * kSecond);
                   EXPECT_TRUE(absl::IsDeadlineExceeded(ctx.Err()));
                 })) == 0;
  EXPECT_TRUE(in_time);
  cancel();
  rt::Sleep(4 * kSecond);
  EXPECT_EQ(absl::IsCancelled(ctx.Err()), in_time);
}

// Only a stop that says so has kept f from running.
void StopAndWrite(bool look) {
  auto [ctx, cancel] = rt::WithCancel(rt::Background());
  auto n = std::make_shared<int>(0);
  rt::StopFunc stop = rt::AfterFunc(ctx, [n] { *n = 1; });
  rt::WaitGroup wg;
  wg.Go([cancel = cancel] { cancel(); });
  if (stop() || !look) *n = 2;
  wg.Wait();
}

// The parent goes on when the child is done; the child does not outlive it.
void JoinLate(bool child_of_root) {
  auto [root, cancel] = rt::WithCancel(rt::Background());
  rt::WaitGroup wg;
  wg.Go([=, root = root] {
    rt::Context parent = child_of_root ? root : rt::WithoutCancel(root);
    auto [child, cancel_child] = rt::WithCancel(parent);
    child.Done().Recv();
  });
  cancel();
  wg.Wait();
}

// Whether handles go before, while or after they are cancelled.
void HandlesGo(bool call) {
  auto [root, cancel] = rt::WithTimeout(rt::Background(), kSecond);
  rt::WaitGroup wg;
  for (int g = 0; g < 2; ++g) {
    wg.Go([=, root = root] {
      auto [child, cancel_child] = rt::WithTimeout(root, (1 + g) * kSecond);
      if (call && g == 1) cancel_child();
    });
  }
  cancel();
  wg.Wait();
  EXPECT_EQ(call, absl::IsCancelled(root.Err()));
  if (!call) rt::Sleep(2 * kSecond);
}

// Two at a time: nothing is shared.
void TellDeadlines() {
  struct Row {
    absl::Duration timeout;
    const char* text;
  };
  static constexpr Row kRows[] = {
      {absl::ZeroDuration(), "2009-11-10 23:00:01 +0000 UTC [0s]"},
      {absl::Nanoseconds(1), "2009-11-10 23:00:01.000000001 +0000 UTC [1ns]"},
      {absl::Nanoseconds(1500),
       "2009-11-10 23:00:01.0000015 +0000 UTC [1.5µs]"},
      {absl::Nanoseconds(999'999'999),
       "2009-11-10 23:00:01.999999999 +0000 UTC [999.999999ms]"},
      {absl::Milliseconds(1500), "2009-11-10 23:00:02.5 +0000 UTC [1.5s]"},
      {absl::Minutes(1), "2009-11-10 23:01:01 +0000 UTC [1m0s]"},
      {absl::Milliseconds(3'600'020),
       "2009-11-11 00:00:01.02 +0000 UTC [1h0m0.02s]"},
      {absl::Microseconds(-20), "2009-11-10 23:00:00.99998 +0000 UTC [-20µs]"},
      {absl::Hours(-350'634), "1969-11-11 05:00:01 +0000 UTC [-350634h0m0s]"},
  };
  rt::Sleep(kSecond);
  rt::WaitGroup wg;
  for (int g = 0; g < 2; ++g) {
    wg.Go([] {
      for (const Row& row : kRows) {
        auto [ctx, cancel] = rt::WithTimeout(rt::Background(), row.timeout);
        EXPECT_EQ(
            ctx.String(),
            std::string("context.Background.WithDeadline(") + row.text + ")");
        cancel();
      }
    });
  }
  wg.Wait();
}

INSTANTIATE_TEST_SUITE_P(
    Pairs, ContextExploreTest,
    testing::ValuesIn(std::vector<Case>{
        {"DoneOrders", Verdict::kPassed, [] { WriteThenCancel(See::kDone); }},
        {"ErrOrders", Verdict::kPassed, [] { WriteThenCancel(See::kErr); }},
        {"CauseOrders", Verdict::kPassed, [] { WriteThenCancel(See::kCause); }},
        {"AfterFuncOrders", Verdict::kPassed,
         [] { WriteThenCancel(See::kAfterFunc); }},
        {"NothingOrders", Verdict::kRace,
         [] { WriteThenCancel(See::kNothing); }},
        {"Cancelled", Verdict::kPassed, [] { WaitForCancel(true); }},
        {"NeverCancelled", Verdict::kLeak, [] { WaitForCancel(false); }},
        {"TheLeafIsDoneForWhoCancels", Verdict::kPassed,
         [] { LookAtTheLeaf(true); }},
        {"TheLeafIsLater", Verdict::kWrong, [] { LookAtTheLeaf(false); }},
        {"OneReason", Verdict::kPassed, [] { TwoReasons(false); }},
        {"OneOfTwoReasons", Verdict::kWrong, [] { TwoReasons(true); }},
        {"InTime", Verdict::kPassed, [] { WorkInTime(kSecond); }},
        {"Late", Verdict::kWrong, [] { WorkInTime(3 * kSecond); }},
        {"PerhapsLate", Verdict::kWrong, [] { WorkInTime(2 * kSecond); }},
        {"StopSaysSo", Verdict::kPassed, [] { StopAndWrite(true); }},
        {"StopDoesNotSaySo", Verdict::kRace, [] { StopAndWrite(false); }},
        {"JoinLate", Verdict::kPassed, [] { JoinLate(true); }},
        {"JoinNobody", Verdict::kDeadlock, [] { JoinLate(false); }},
        {"DeadlinesAreTold", Verdict::kPassed, [] { TellDeadlines(); }},
        {"HandlesGo", Verdict::kPassed, [] { HandlesGo(true); }},
        {"HandlesGoAndItIsCancelled", Verdict::kWrong,
         [] { HandlesGo(false); }},
    }),
    RowName());

// Exact counts, each with its interleavings.
using Count = ::rt::testing::ExploreCount;
using ContextCountTest = ::rt::testing::ExploreCountTest;

TEST_P(ContextCountTest, SeesEachInterleavingOnce) { Count(); }

INSTANTIATE_TEST_SUITE_P(
    All, ContextCountTest,
    testing::ValuesIn(std::vector<Count>{
        // Nobody else: a tree is cancelled in one order.
        {"Alone", 1,
         [] {
           auto [root, cancel] = rt::WithCancel(rt::Background());
           auto a = rt::WithCancel(root);
           auto b = rt::WithTimeout(root, kSecond);
           cancel();
         }},
        // Nobody can tell which of two asked first.
        {"TwoAsk", 1,
         [] {
           auto [ctx, cancel] = rt::WithCancel(rt::Background());
           rt::WaitGroup wg;
           wg.Go([ctx = ctx] { static_cast<void>(ctx.Err()); });
           static_cast<void>(ctx.Err());
           wg.Wait();
         }},
        // Err cancel; cancel Err.
        {"OneAsks", 2,
         [] {
           auto [ctx, cancel] = rt::WithCancel(rt::Background());
           rt::WaitGroup wg;
           wg.Go([ctx = ctx] { static_cast<void>(ctx.Err()); });
           cancel();
           wg.Wait();
         }},
        // Each child leaves the parent; in which order, nobody can tell.
        {"TwoLeave", 1,
         [] {
           auto [root, cancel] = rt::WithCancel(rt::Background());
           auto a = rt::WithCancel(root);
           auto b = rt::WithCancel(root);
           rt::WaitGroup wg;
           wg.Go([=] { a.cancel(); });
           b.cancel();
           wg.Wait();
         }},
        // The timer has fired, and what it started is first, or second; or it
        // has not.
        {"CancelWhenDue", 3,
         [] {
           auto [ctx, cancel] = rt::WithTimeout(rt::Background(), kSecond);
           rt::Sleep(kSecond);
           cancel();
         }},
    }),
    RowName());

}  // namespace
