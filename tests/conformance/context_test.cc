// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Contexts: what is done when, why, and what becomes of those below and of what
// waits. Exact times and all interleavings are in context_explore_test.cc.

#include "runtime/context.h"

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/runtime.h"
#include "tests/conformance/context_support.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

constexpr absl::Duration kForever = absl::Hours(1000);
constexpr absl::Duration kSoon = absl::Milliseconds(1);

using ContextTest = testing::RuntimeTest;
RT_INSTANTIATE(ContextTest);

TEST_P(ContextTest, TheRootIsNeverDone) {
  Main([] {
    for (const Context& ctx : {Context(), Background(), TODO()}) {
      EXPECT_FALSE(ctx.Done());
      EXPECT_EQ(ctx.Deadline(), absl::InfiniteFuture());
      ExpectOpen(ctx);
    }
  });
}

TEST_P(ContextTest, CancelEndsIt) {
  Main([] {
    auto [ctx, cancel] = WithCancel(Background());
    EXPECT_TRUE(ctx.Done());
    EXPECT_EQ(ctx.Done().Cap(), 0);
    ExpectOpen(ctx);
    for (int i = 0; i < 3; ++i) {
      CancelFunc copy = cancel;
      copy();
      ExpectCanceled(ctx);
      EXPECT_FALSE(ctx.Done().Recv().has_value());
    }
    CancelFunc()();
    CancelCauseFunc()(Canceled());
  });
}

// A chain of `parents`, the last one cancelled with `first`, then the first
// one with `second`, or the other way round.
struct CauseCase {
  const char* name;
  std::function<Context()> make;
  absl::Status err;
  absl::Status cause;
};

absl::Status Parents() { return absl::AbortedError("the parent's"); }
absl::Status TooSlow() { return absl::UnavailableError("too slow"); }

std::vector<CauseCase> CauseCases() {
  auto parent_and_child = [](bool parent_first, absl::Status parent_cause,
                             absl::Status child_cause) {
    return [=] {
      auto [parent, cancel_parent] = WithCancelCause(Background());
      auto [child, cancel_child] = WithCancelCause(parent);
      if (parent_first) cancel_parent(parent_cause);
      cancel_child(child_cause);
      cancel_parent(parent_cause);
      return child;
    };
  };
  auto timed = [](absl::Duration timeout, absl::Status cause) {
    return [=] {
      auto [parent, cancel_parent] = WithCancelCause(Background());
      auto [child, cancel] = WithTimeoutCause(parent, timeout, cause);
      cancel_parent(Parents());
      cancel();
      return child;
    };
  };
  absl::Status none;
  return {
      {"background", [] { return Background(); }, none, none},
      {"cancel",
       [] {
         auto [ctx, cancel] = WithCancel(Background());
         cancel();
         return ctx;
       },
       Canceled(), Canceled()},
      {"cancel with a cause",
       [] {
         auto [ctx, cancel] = WithCancelCause(Background());
         cancel(Childs());
         cancel(Parents());
         return ctx;
       },
       Canceled(), Childs()},
      {"cancel with no cause",
       [] {
         auto [ctx, cancel] = WithCancelCause(Background());
         cancel(absl::OkStatus());
         cancel(Parents());
         return ctx;
       },
       Canceled(), Canceled()},
      {"the parent first", parent_and_child(true, Parents(), Childs()),
       Canceled(), Parents()},
      {"the child first", parent_and_child(false, Parents(), Childs()),
       Canceled(), Childs()},
      {"the parent first, without", parent_and_child(true, none, Childs()),
       Canceled(), Canceled()},
      {"the child first, without", parent_and_child(false, Parents(), none),
       Canceled(), Canceled()},
      {"too late", timed(absl::ZeroDuration(), none), DeadlineExceeded(),
       DeadlineExceeded()},
      {"too late, with a cause", timed(-kSoon, TooSlow()), DeadlineExceeded(),
       TooSlow()},
      {"in time", timed(kForever, TooSlow()), Canceled(), Parents()},
      {"a child of one that is cancelled",
       [] {
         auto [parent, cancel] = WithCancelCause(Background());
         cancel(Parents());
         // Being late comes second.
         return WithTimeoutCause(parent, -kSoon, TooSlow()).ctx;
       },
       Canceled(), Parents()},
      {"a value of one that is cancelled",
       [] {
         static constexpr ContextKey<int> kKey;
         auto [parent, cancel] = WithCancel(Background());
         Context ctx = WithValue(parent, kKey, 1);
         cancel();
         return ctx;
       },
       Canceled(), Canceled()},
      {"without cancel",
       [] {
         auto [parent, cancel] = WithCancelCause(Background());
         Context ctx = WithoutCancel(parent);
         cancel(Parents());
         return ctx;
       },
       none, none},
      {"below without cancel",
       [] {
         auto [parent, cancel] = WithTimeout(Background(), -kSoon);
         auto [ctx, cancel_child] = WithCancelCause(WithoutCancel(parent));
         cancel();
         cancel_child(Childs());
         return ctx;
       },
       Canceled(), Childs()},
  };
}

TEST_P(ContextTest, ErrAndCause) {
  Main([] {
    for (const CauseCase& c : CauseCases()) {
      ExpectDone(c.make(), c.err, c.cause, c.name);
    }
  });
}

TEST_P(ContextTest, CancelReachesAllBelow) {
  Main([] {
    static constexpr ContextKey<int> kKey;
    auto [root, cancel_root] = WithCancel(Background());
    auto [parent, cancel_parent] = WithCancel(root);
    auto [child, cancel_child] = WithCancel(parent);
    Context value = WithValue(parent, kKey, 1);
    auto [timed, cancel_timed] = WithTimeout(value, kForever);
    auto called = MakeChan<bool>();
    AfterFunc(timed, [=] { called.Send(true); });
    for (const Context& ctx : {root, parent, child, value, timed}) {
      ExpectOpen(ctx);
    }
    cancel_parent();
    for (const Context& ctx : {parent, child, value, timed}) {
      ExpectCanceled(ctx);
    }
    called.Recv();
    ExpectOpen(root);
    ExpectCanceled(WithCancel(value).ctx);
    cancel_root();
    ExpectCanceled(root);
  });
}

TEST_P(ContextTest, AChildsEndIsItsOwn) {
  Main([] {
    auto [parent, cancel_parent] = WithCancel(Background());
    for (int i = 0; i < 100; ++i) {
      auto [first, cancel_first] = WithCancel(parent);
      auto [second, cancel_second] = WithTimeout(parent, kForever);
      auto [third, cancel_third] = WithCancel(parent);
      cancel_second();
      cancel_first();
      ExpectCanceled(first);
      ExpectCanceled(second);
      ExpectOpen(third);
      ExpectOpen(parent);
      // The third one goes without having been cancelled.
    }
    cancel_parent();  // Would touch what is gone.
    ExpectCanceled(parent);
  });
}

TEST_P(ContextTest, DeadlinesEndIt) {
  Main([] {
    absl::Time start = Now();
    auto [parent, cancel_parent] = WithTimeout(Background(), kForever);
    EXPECT_GE(parent.Deadline(), start + kForever);
    absl::Time deadline = start + kSoon;
    auto [ctx, cancel] = WithDeadlineCause(parent, deadline, TooSlow());
    EXPECT_EQ(ctx.Deadline(), deadline);
    auto [below, cancel_below] = WithCancel(ctx);
    EXPECT_EQ(below.Deadline(), deadline);
    below.Done().Recv();
    EXPECT_GE(Now(), deadline);
    ExpectDone(below, DeadlineExceeded(), TooSlow());
    ExpectDone(ctx, DeadlineExceeded(), TooSlow());
    cancel();
    ExpectDone(ctx, DeadlineExceeded(), TooSlow());
    ExpectOpen(parent);
    cancel_parent();
  });
}

TEST_P(ContextTest, AnEarlierDeadlineStays) {
  Main([] {
    auto [parent, cancel_parent] = WithTimeout(Background(), kSoon);
    auto [ctx, cancel] = WithTimeoutCause(parent, kForever, TooSlow());
    EXPECT_EQ(ctx.Deadline(), parent.Deadline());
    ctx.Done().Recv();
    ExpectDone(ctx, DeadlineExceeded(), DeadlineExceeded());
    auto [endless, cancel_endless] =
        WithTimeout(Background(), absl::InfiniteDuration());
    EXPECT_EQ(endless.Deadline(), absl::InfiniteFuture());
    ExpectOpen(endless);
    EXPECT_EQ(WithoutCancel(parent).Deadline(), absl::InfiniteFuture());
  });
}

TEST_P(ContextTest, AfterFuncCallsWhenItIsDone) {
  Main([] {
    auto called = MakeChan<int>();
    auto [ctx, cancel] = WithCancel(Background());
    std::atomic<int> calls{0};
    StopFunc stop = AfterFunc(ctx, [&, called] {
      ++calls;
      called.Send(1);  // It may block: cancel does not wait.
    });
    AfterFunc(ctx, [&, called] {
      ++calls;
      called.Send(2);
    });
    EXPECT_EQ(calls, 0);
    cancel();
    EXPECT_FALSE(stop());
    EXPECT_EQ(*called.Recv() + *called.Recv(), 3);
    // At once.
    StopFunc late = AfterFunc(ctx, [=] { called.Send(3); });
    EXPECT_FALSE(late());
    EXPECT_EQ(called.Recv(), 3);
    auto [timed, cancel_timed] = WithTimeout(Background(), kSoon);
    AfterFunc(timed, [=] { called.Send(4); });
    EXPECT_EQ(called.Recv(), 4);
    EXPECT_EQ(calls, 2);
  });
}

TEST_P(ContextTest, StopKeepsAFunctionFromBeingCalled) {
  Main([] {
    auto held = std::make_shared<int>(0);
    std::weak_ptr<int> seen = held;
    auto [ctx, cancel] = WithCancel(Background());
    StopFunc stop = AfterFunc(ctx, [held] { ADD_FAILURE(); });
    StopFunc copy = stop;
    held.reset();
    EXPECT_FALSE(seen.expired());
    EXPECT_TRUE(stop());
    EXPECT_TRUE(seen.expired());
    EXPECT_FALSE(stop());
    EXPECT_FALSE(copy());
    cancel();
    EXPECT_FALSE(stop());
    StopFunc never = AfterFunc(Background(), [] { ADD_FAILURE(); });
    EXPECT_TRUE(never());
    EXPECT_FALSE(never());
    EXPECT_FALSE(StopFunc()());
  });
}

// What waits keeps what it waits for.
TEST_P(ContextTest, NobodyNeedKeepTheContext) {
  Main([] {
    auto called = MakeChan<int>();
    DoneChan done = WithTimeout(Background(), kSoon).ctx.Done();
    AfterFunc(WithTimeout(Background(), kSoon).ctx, [=] { called.Send(1); });
    CancelFunc cancel = WithCancel(Background()).cancel;
    EXPECT_FALSE(done.Recv().has_value());
    called.Recv();
    cancel();
    auto [parent, cancel_parent] = WithCancel(Background());
    DoneChan below = WithCancel(parent).ctx.Done();
    cancel_parent();
    EXPECT_FALSE(below.Recv().has_value());
  });
}

// Deeper than recursion would allow.
TEST_P(ContextTest, DeepTrees) {
  Main([] {
    constexpr int kDepth = 5'000;
    static constexpr ContextKey<int> kKey;
    for (bool call : {true, false}) {
      auto [ctx, cancel] = WithCancel(Background());
      Context leaf = ctx;
      for (int i = 0; i < kDepth; ++i) {
        leaf = WithCancel(WithValue(leaf, kKey, i)).ctx;
      }
      EXPECT_EQ(*leaf.Value(kKey), kDepth - 1);
      if (!call) continue;  // The handle of the leaf is the last one.
      cancel();
      ExpectCanceled(leaf);
    }
  });
}

TEST_P(ContextTest, BroadTrees) {
  Main([] {
    auto [ctx, cancel] = WithCancel(Background());
    std::vector<ContextAndCancel> children;
    for (int i = 0; i < 1'000; ++i) children.push_back(WithCancel(ctx));
    for (size_t i = 0; i < children.size(); i += 3) children[i].cancel();
    cancel();
    for (const ContextAndCancel& child : children) ExpectCanceled(child.ctx);
  });
}

TEST_P(ContextTest, FromAPlainThread) {
  Main([] {
    auto [ctx, cancel] = WithCancel(Background());
    auto called = MakeChan<bool>();
    std::thread other([&, ctx = ctx, cancel = cancel] {
      auto [child, cancel_child] = WithTimeout(ctx, kForever);
      AfterFunc(child, [=] { called.Send(true); });
      cancel();
      EXPECT_EQ(child.Err(), Canceled());
    });
    EXPECT_FALSE(ctx.Done().Recv().has_value());
    called.Recv();
    Blocking([&] { other.join(); });
  });
}

TEST(ContextAndRunTest, OutsideOfRun) {
  auto [ctx, cancel] = WithCancel(Background());
  ContextAndCancel late;
  EXPECT_EQ(rt::Run([&, ctx = ctx] { late = WithTimeout(ctx, kForever); }), 0);
  EXPECT_TRUE(late.ctx.Err().ok());
  cancel();
  EXPECT_EQ(late.ctx.Err(), Canceled());
}

// With a timer that is set, this would not be found to be a deadlock.
void GetStuckAfterDeadlinesAreOver() {
  rt::Run([] {
    WithTimeout(Background(), kForever).cancel();
    { ContextAndCancel never_cancelled = WithTimeout(Background(), kForever); }
    auto [parent, cancel] = WithCancel(Background());
    ContextAndCancel child = WithTimeout(parent, kForever);
    cancel();
    MakeChan<int>().Recv();
  });
}

TEST(ContextAndRunTest, AnEndStopsTheTimer) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(GetStuckAfterDeadlinesAreOver(), ::testing::ExitedWithCode(2),
              "all goroutines are asleep - deadlock!");
}

}  // namespace
}  // namespace rt
