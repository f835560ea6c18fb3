// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Contexts that several goroutines use and cancel at once.

#include <atomic>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/context.h"
#include "runtime/runtime.h"
#include "tests/conformance/context_support.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using ContextRaceTest = testing::RuntimeTest;
RT_INSTANTIATE(ContextRaceTest);

// Whoever's cancel returns: all below is done by then.
TEST_P(ContextRaceTest, SeveralCancelAtOnce) {
  Main([] {
    for (int round = 0; round < 100; ++round) {
      auto [root, cancel_root] = WithCancel(Background());
      auto [middle, cancel_middle] = WithTimeout(root, absl::Microseconds(20));
      std::vector<Context> leaves;
      for (int i = 0; i < 8; ++i) leaves.push_back(WithCancel(middle).ctx);
      std::atomic<int> calls{0};
      AfterFunc(leaves[3], [&] { ++calls; });
      WaitGroup wg;
      for (int g = 0; g < 4; ++g) {
        wg.Go([&leaves, middle = middle,
               cancel = g % 2 == 0 ? cancel_root : cancel_middle] {
          cancel();
          EXPECT_FALSE(middle.Err().ok());
          for (const Context& leaf : leaves) {
            EXPECT_TRUE(IsDone(leaf));
            EXPECT_EQ(leaf.Err(), middle.Err());
          }
        });
      }
      // And somebody joins meanwhile.
      wg.Go([&, root = root] {
        auto [late, cancel] = WithCancel(root);
        late.Done().Recv();
        cancel();
      });
      wg.Wait();
      testing::YieldUntil([&] { return calls == 1; });
    }
  });
}

TEST_P(ContextRaceTest, ErrIsThereAsSoonAsItIsDone) {
  Main([] {
    for (int round = 0; round < 100; ++round) {
      auto [ctx, cancel] = WithCancelCause(Background());
      WaitGroup wg;
      wg.Go([cancel = cancel] { cancel(Childs()); });
      wg.Go([ctx = ctx] {
        ctx.Done().Recv();
        ExpectDone(ctx, Canceled(), Childs());
      });
      wg.Go([ctx = ctx] {
        testing::YieldUntil([&] { return !ctx.Err().ok(); });
        EXPECT_TRUE(IsDone(ctx));
        EXPECT_EQ(Cause(ctx), Childs());
      });
      wg.Wait();
    }
  });
}

TEST_P(ContextRaceTest, HandlesComeAndGoWhileItIsCancelled) {
  Main([] {
    for (int round = 0; round < 40; ++round) {
      auto [root, cancel_root] = WithCancel(Background());
      WaitGroup wg;
      for (int g = 0; g < 4; ++g) {
        wg.Go([root = root, g] {
          for (int i = 0; root.Err().ok(); ++i) {
            auto [child, cancel] =
                WithTimeout(root, absl::Microseconds(i * 7 % 20));
            StopFunc stop = AfterFunc(child, [] {});
            Context below = WithCancel(child).ctx;
            if (i % 2 == 0) cancel();
            if (i % 3 == g % 3) stop();
            Gosched();
          }
        });
      }
      for (int i = 0; i < round % 20; ++i) Gosched();
      cancel_root();
      wg.Wait();
    }
  });
}

}  // namespace
}  // namespace rt
