// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/singleflight.h"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "gtest/gtest.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt::singleflight {
namespace {

using testing::WaitUntilBlocked;

using SingleflightTest = testing::RuntimeTest;
RT_INSTANTIATE(SingleflightTest);

using Strings = Group<std::string, std::string>;

static_assert(!std::is_copy_constructible_v<Strings>);

TEST_P(SingleflightTest, DoReturnsWhatTheFunctionReturns) {
  Main([] {
    Strings group;
    auto [value, shared] = group.Do("key", [] { return "value"; });
    EXPECT_EQ(value, "value");
    EXPECT_FALSE(shared);
  });
}

TEST_P(SingleflightTest, ItIsNoCache) {
  Main([] {
    Group<int, int> group;
    int calls = 0;
    for (int i = 1; i <= 3; ++i) {
      EXPECT_EQ(group.Do(7, [&] { return ++calls; }).value, i);
    }
  });
}

TEST_P(SingleflightTest, ThoseWhoComeMeanwhileShareTheCall) {
  Main([] {
    Strings group;
    constexpr int kGoroutines = 10;
    auto go_on = MakeChan<std::string>();
    int calls = 0;  // Plain: two at once are a race to ThreadSanitizer.
    WaitGroup wg;
    for (int i = 0; i < kGoroutines; ++i) {
      wg.Go([&] {
        auto [value, shared] = group.Do("key", [&] {
          ++calls;
          return *go_on.Recv();
        });
        EXPECT_EQ(value, "value");
        EXPECT_TRUE(shared);
      });
    }
    WaitUntilBlocked(kGoroutines);  // One in its function, the others for it.
    go_on.Send("value");
    wg.Wait();
    EXPECT_EQ(calls, 1);
  });
}

TEST_P(SingleflightTest, OtherKeysAreOtherCalls) {
  Main([] {
    Group<int, int> group;
    auto go_on = MakeChan<bool>();
    WaitGroup wg;
    for (int i = 0; i < 5; ++i) {
      wg.Go([&, i] {
        auto [value, shared] = group.Do(i, [&] {
          go_on.Recv();
          return 10 * i;
        });
        EXPECT_EQ(value, 10 * i);
        EXPECT_FALSE(shared);
      });
    }
    WaitUntilBlocked(5);  // All in their functions.
    go_on.Close();
    wg.Wait();
  });
}

// An unshared value is moved, a shared one is copied for each.
TEST_P(SingleflightTest, EverybodyGetsAValueOfTheirOwn) {
  Main([] {
    Strings group;
    auto go_on = MakeChan<bool>();
    WaitGroup wg;
    for (int i = 0; i < 3; ++i) {
      wg.Go([&] {
        std::string mine = group
                               .Do("key",
                                   [&] {
                                     go_on.Recv();
                                     return std::string(100, 'x');
                                   })
                               .value;
        EXPECT_EQ(mine, std::string(100, 'x'));
        mine.assign(100, 'y');
      });
    }
    WaitUntilBlocked(3);
    go_on.Close();
    wg.Wait();
  });
}

TEST_P(SingleflightTest, DoChanReceivesTheResult) {
  Main([] {
    Strings group;
    auto result = group.DoChan("key", [] { return "value"; }).Recv();
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(result->value, "value");
    EXPECT_FALSE(result->shared);
  });
}

TEST_P(SingleflightTest, DoAndDoChanShareACall) {
  Main([] {
    Strings group;
    auto go_on = MakeChan<bool>();
    auto first = group.DoChan("key", [&] {
      go_on.Recv();
      return "value";
    });
    auto second = group.DoChan("key", [] { return "another"; });
    Go([&] {
      EXPECT_EQ(group.Do("key", [] { return "yet another"; }).value, "value");
    });
    WaitUntilBlocked(2);
    EXPECT_EQ(Select(OnRecv(first), Default()), 1u);  // It does not wait.
    go_on.Send(true);
    for (const auto& chan : {first, second}) {
      auto result = chan.Recv();
      ASSERT_TRUE(result.has_value());
      EXPECT_EQ(result->value, "value");
      EXPECT_TRUE(result->shared);
    }
    WaitUntilBlocked(0);
  });
}

TEST_P(SingleflightTest, NobodyNeedReceive) {
  Main([] {
    Strings group;
    auto held = std::make_shared<int>(0);
    static_cast<void>(group.DoChan("key", [held] { return "value"; }));
    testing::YieldUntil([&] { return held.use_count() == 1; });
    group.Do("key", [] { return "after it"; });
  });
}

TEST_P(SingleflightTest, AfterForgetTheNextCallsItsOwnFunction) {
  Main([] {
    Group<std::string, int> group;
    auto unblock_first = MakeChan<bool>();
    auto unblock_second = MakeChan<bool>();
    auto first = group.DoChan("key", [&] {
      unblock_first.Recv();
      return 1;
    });
    WaitUntilBlocked(1);
    group.Forget("key");
    auto second = group.DoChan("key", [&] {
      unblock_second.Recv();
      return 2;
    });
    unblock_first.Send(true);
    EXPECT_EQ(first.Recv()->value, 1);
    // The first one's end has not made the group forget the second.
    auto third = group.DoChan("key", [] { return 3; });
    unblock_second.Send(true);
    EXPECT_EQ(second.Recv()->value, 2);
    EXPECT_EQ(third.Recv()->value, 2);
    group.Forget("unheard of");
  });
}

TEST_P(SingleflightTest, EverybodyInDoGetsThePanic) {
  Main([] {
    Strings group;
    auto go_on = MakeChan<bool>();
    WaitGroup wg;
    for (int i = 0; i < 5; ++i) {
      wg.Go([&] {
        try {
          group.Do("key", [&]() -> std::string {
            go_on.Recv();
            throw Panic("no such user");
          });
          ADD_FAILURE() << "no panic";
        } catch (const Panic& panic) {
          EXPECT_STREQ(panic.what(), "no such user");
        }
      });
    }
    WaitUntilBlocked(5);
    go_on.Send(true);
    wg.Wait();
    EXPECT_EQ(group.Do("key", [] { return "again"; }).value, "again");
  });
}

TEST_P(SingleflightTest, AnyExceptionIsShared) {
  Main([] {
    Strings group;
    auto fails = []() -> std::string { throw std::runtime_error("offline"); };
    EXPECT_THROW(group.Do("key", fails), std::runtime_error);
    EXPECT_THROW(group.Do("key", fails), std::runtime_error);
  });
}

TEST_P(SingleflightTest, GoexitEndsEverybodyInDo) {
  Main([] {
    Strings group;
    auto go_on = MakeChan<bool>();
    WaitGroup wg;
    for (int i = 0; i < 5; ++i) {
      wg.Go([&] {
        group.Do("key", [&]() -> std::string {
          go_on.Recv();
          Goexit();
        });
        ADD_FAILURE() << "Do returned";
      });
    }
    WaitUntilBlocked(5);
    auto chan = group.DoChan("key", [] { return "another"; });
    go_on.Send(true);
    wg.Wait();
    EXPECT_EQ(chan.Recv(), std::nullopt);
    EXPECT_EQ(group.Do("key", [] { return "again"; }).value, "again");
  });
}

TEST_P(SingleflightTest, GoexitInDoChanClosesTheChannels) {
  Main([] {
    Strings group;
    auto go_on = MakeChan<bool>();
    auto first = group.DoChan("key", [&]() -> std::string {
      go_on.Recv();
      Goexit();
    });
    auto second = group.DoChan("key", [] { return "another"; });
    WaitGroup wg;
    wg.Go([&] {
      group.Do("key", [] { return "yet another"; });
      ADD_FAILURE() << "Do returned";
    });
    WaitUntilBlocked(2);
    go_on.Send(true);
    wg.Wait();
    EXPECT_EQ(first.Recv(), std::nullopt);
    EXPECT_EQ(second.Recv(), std::nullopt);
  });
}

// Whoever has the result is done with the group, even if the call is not.
TEST_P(SingleflightTest, MayBeDestroyedByWhoHasTheResult) {
  Main([] {
    for (int i = 0; i < 300; ++i) {
      auto group = std::make_unique<Strings>();
      auto chan = group->DoChan("key", [] {
        Gosched();
        return "value";
      });
      if (i % 2 == 0) {
        EXPECT_EQ(chan.Recv()->value, "value");
      } else {
        // Either joins or comes after it.
        group->Do("key", [] { return "value"; });
        chan.Recv();
      }
      group.reset();
    }
  });
}

TEST_P(SingleflightTest, ManyOnFewKeys) {
  Main([] {
    Group<int, int> group;
    constexpr int kKeys = 3;
    int running[kKeys] = {};  // Plain: each by one at a time.
    WaitGroup wg;
    for (int i = 0; i < 16; ++i) {
      wg.Go([&, i] {
        for (int k = 0; k < 200; ++k) {
          int key = (i + k) % kKeys;
          int value = group
                          .Do(key,
                              [&] {
                                EXPECT_EQ(++running[key], 1);
                                if (k % 5 == 0) Gosched();
                                --running[key];
                                return key;
                              })
                          .value;
          EXPECT_EQ(value, key);
        }
      });
    }
    wg.Wait();
  });
}

}  // namespace
}  // namespace rt::singleflight
