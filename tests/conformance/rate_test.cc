// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/rate.h"

#include <atomic>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt::rate {
namespace {

using RateTest = testing::RuntimeTest;
RT_INSTANTIATE(RateTest);

static_assert(!std::is_copy_constructible_v<Limiter>);
static_assert(!std::is_copy_constructible_v<Reservation>);

// The limits of most tests: one token in each tenth of a second. T(n) is n
// tenths after an arbitrary start.
constexpr absl::Duration kTenth = absl::Milliseconds(100);
absl::Time T(int tenths) {
  return absl::FromUnixSeconds(1'000'000) + tenths * kTenth;
}

TEST_P(RateTest, Every) {
  EXPECT_EQ(rate::Every(absl::ZeroDuration()), kInf);
  EXPECT_EQ(rate::Every(absl::Nanoseconds(-1)), kInf);
  EXPECT_DOUBLE_EQ(rate::Every(absl::Nanoseconds(1)), 1e9);
  EXPECT_DOUBLE_EQ(rate::Every(kTenth), 10);
  EXPECT_DOUBLE_EQ(rate::Every(absl::Milliseconds(2500)), 0.4);
  EXPECT_EQ(rate::Every(absl::InfiniteDuration()), 0);
}

// A call of AllowN, the tokens before it, and what it must return.
struct Asked {
  int at;
  double tokens;
  int n;
  bool allowed;
};

struct AllowCase {
  const char* name;
  Limit limit;
  int burst;
  std::vector<Asked> calls;
};

const AllowCase kAllowCases[] = {
    {"BurstOfOne",
     10,
     1,
     {{0, 1, 1, true},
      {0, 0, 1, false},
      {1, 1, 1, true},
      {1, 0, 1, false},
      {2, 1, 2, false},  // Never so many together.
      {2, 1, 1, true},
      {2, 0, 1, false}}},
    {"BurstOfThree",
     10,
     3,
     {{0, 3, 2, true},
      {0, 1, 2, false},
      {0, 1, 1, true},
      {0, 0, 1, false},
      {1, 1, 4, false},
      {2, 2, 1, true},
      {3, 2, 1, true},
      {4, 2, 1, true},
      {4, 1, 1, true},
      {4, 0, 1, false},
      {9, 3, 3, true},  // No more than the bucket holds.
      {9, 0, 0, true}}},
    {"TimeGoesBack",
     10,
     3,
     {{1, 3, 1, true},
      {0, 2, 1, true},
      {0, 1, 1, true},
      {0, 0, 1, false},
      {1, 1, 1, true},  // Earned from 0 to 1, again.
      {1, 0, 1, false},
      {2, 1, 1, true}}},
    {"NoLimit", kInf, 0, {{0, 0, 100, true}, {0, 0, 1, true}}},
    {"NothingAfterTheBurst",
     0,
     2,
     {{0, 2, 2, true}, {1, 0, 1, false}, {1000, 0, 1, false}}},
    {"NegativeLimit", -1, 1, {{0, 1, 1, true}, {1000, 0, 1, false}}},
    {"NoBurst", 10, 0, {{0, 0, 1, false}, {9, 0, 0, true}}},
};

TEST_P(RateTest, Allow) {
  Main([] {
    for (const AllowCase& c : kAllowCases) {
      Limiter limiter(c.limit, c.burst);
      int step = 0;
      for (const Asked& call : c.calls) {
        EXPECT_DOUBLE_EQ(limiter.TokensAt(T(call.at)), call.tokens)
            << c.name << ", call " << step;
        EXPECT_EQ(limiter.AllowN(T(call.at), call.n), call.allowed)
            << c.name << ", call " << step;
        ++step;
      }
    }
  });
}

TEST_P(RateTest, FractionsOfTokensAddUp) {
  Main([] {
    Limiter limiter(10, 1);
    EXPECT_TRUE(limiter.AllowN(T(0), 1));
    for (int i = 1; i < 4; ++i) {
      EXPECT_FALSE(limiter.AllowN(T(0) + i * kTenth / 4, 1));
    }
    EXPECT_TRUE(limiter.AllowN(T(1), 1));
  });
}

// An event at `act`, asked for at `at`; not at all if `act` is nothing.
void ExpectReserves(Limiter& limiter, int at, int n, std::optional<int> act) {
  Reservation reservation = limiter.ReserveN(T(at), n);
  EXPECT_EQ(reservation.OK(), act.has_value());
  EXPECT_EQ(reservation.DelayFrom(T(at)),
            act.has_value() ? T(*act) - T(at) : absl::InfiniteDuration());
}

TEST_P(RateTest, Reserve) {
  Main([] {
    Limiter limiter(10, 2);
    ExpectReserves(limiter, 0, 2, 0);
    ExpectReserves(limiter, 0, 2, 2);
    EXPECT_DOUBLE_EQ(limiter.TokensAt(T(0)), -2);
    ExpectReserves(limiter, 3, 2, 4);
  });
}

TEST_P(RateTest, WhatIsReservedIsNotAllowedToOthers) {
  Main([] {
    Limiter limiter(10, 2);
    ExpectReserves(limiter, 0, 3, std::nullopt);
    ExpectReserves(limiter, 0, 2, 0);
    EXPECT_FALSE(limiter.AllowN(T(1), 2));
    ExpectReserves(limiter, 1, 2, 2);
    EXPECT_FALSE(limiter.AllowN(T(1), 1));
    EXPECT_TRUE(limiter.AllowN(T(3), 1));
  });
}

TEST_P(RateTest, TheDelayGoesDownWithTime) {
  Main([] {
    Limiter limiter(10, 1);
    EXPECT_TRUE(limiter.AllowN(T(0), 1));
    Reservation reservation = limiter.ReserveN(T(0), 1);
    EXPECT_EQ(reservation.DelayFrom(T(0)), kTenth);
    EXPECT_EQ(reservation.DelayFrom(T(0) + kTenth / 2), kTenth / 2);
    EXPECT_EQ(reservation.DelayFrom(T(1)), absl::ZeroDuration());
    EXPECT_EQ(reservation.DelayFrom(T(2)), absl::ZeroDuration());
  });
}

TEST_P(RateTest, ALimitOfZeroPutsItOffForAges) {
  Main([] {
    Limiter limiter(0, 1);
    EXPECT_TRUE(limiter.AllowN(T(0), 1));
    Reservation reservation = limiter.ReserveN(T(0), 1);
    EXPECT_TRUE(reservation.OK());
    EXPECT_GT(reservation.DelayFrom(T(0)), absl::Hours(24 * 365 * 290));
    reservation.CancelAt(T(0));
    EXPECT_DOUBLE_EQ(limiter.TokensAt(T(0)), 0);
  });
}

TEST_P(RateTest, CancelOfWhatIsNotOKDoesNothing) {
  Main([] {
    Limiter limiter(10, 2);
    ExpectReserves(limiter, 0, 2, 0);
    Reservation reservation = limiter.ReserveN(T(0), 3);
    reservation.CancelAt(T(0));
    ExpectReserves(limiter, 0, 2, 2);
  });
}

TEST_P(RateTest, CancelOfTheLastGivesItBack) {
  Main([] {
    Limiter limiter(10, 2);
    ExpectReserves(limiter, 0, 2, 0);
    Reservation reservation = limiter.ReserveN(T(0), 2);
    reservation.CancelAt(T(1));
    reservation.CancelAt(T(1));  // Once.
    ExpectReserves(limiter, 1, 2, 2);
  });
}

TEST_P(RateTest, WhatWasMovedFromGivesNothingBack) {
  Main([] {
    Limiter limiter(10, 2);
    ExpectReserves(limiter, 0, 2, 0);
    Reservation reservation = limiter.ReserveN(T(0), 2);
    Reservation now_here = std::move(reservation);
    reservation.CancelAt(T(1));  // NOLINT(bugprone-use-after-move)
    EXPECT_DOUBLE_EQ(limiter.TokensAt(T(1)), -1);
    now_here.CancelAt(T(1));
    EXPECT_DOUBLE_EQ(limiter.TokensAt(T(1)), 1);
  });
}

TEST_P(RateTest, CancelAfterItsTimeDoesNothing) {
  Main([] {
    Limiter limiter(10, 2);
    ExpectReserves(limiter, 0, 2, 0);
    Reservation reservation = limiter.ReserveN(T(0), 2);
    reservation.CancelAt(T(3));
    ExpectReserves(limiter, 3, 2, 4);
  });
}

TEST_P(RateTest, CancelGivesBackOnlyWhatOthersHaveNotBuiltOn) {
  Main([] {
    Limiter limiter(10, 2);
    ExpectReserves(limiter, 0, 2, 0);
    Reservation one = limiter.ReserveN(T(0), 1);
    ExpectReserves(limiter, 0, 1, 2);
    one.CancelAt(T(0));  // The one after it keeps its time.
    ExpectReserves(limiter, 0, 1, 3);

    Limiter other(10, 2);
    ExpectReserves(other, 0, 2, 0);
    Reservation two = other.ReserveN(T(0), 2);
    ExpectReserves(other, 0, 1, 3);
    two.CancelAt(T(2));
    ExpectReserves(other, 2, 2, 4);  // One came back.
  });
}

TEST_P(RateTest, CancelOfSeveral) {
  Main([] {
    Limiter limiter(10, 4);
    ExpectReserves(limiter, 0, 4, 0);
    Reservation a = limiter.ReserveN(T(0), 3);
    ExpectReserves(limiter, 0, 1, 4);
    Reservation c = limiter.ReserveN(T(0), 1);
    EXPECT_EQ(c.DelayFrom(T(0)), 5 * kTenth);
    c.CancelAt(T(1));
    a.CancelAt(T(1));  // As if c had not been: 2 of 3.
    ExpectReserves(limiter, 1, 3, 5);
  });
}

TEST_P(RateTest, ReserveWhenTimeGoesBack) {
  Main([] {
    Limiter limiter(10, 2);
    ExpectReserves(limiter, 1, 2, 1);
    ExpectReserves(limiter, 0, 1, 1);
    ExpectReserves(limiter, 2, 2, 3);
  });
}

// No more comes back than was taken.
TEST_P(RateTest, CancelWhenTimeHasGoneBack) {
  Main([] {
    Limiter limiter(10, 2);
    ExpectReserves(limiter, 1, 2, 1);
    Reservation later = limiter.ReserveN(T(9), 1);
    ExpectReserves(limiter, 1, 2, 2);  // Last, and due before it.
    EXPECT_DOUBLE_EQ(limiter.TokensAt(T(1)), -1);
    later.CancelAt(T(1));
    EXPECT_DOUBLE_EQ(limiter.TokensAt(T(1)), 0);

    Limiter free(kInf, 2);
    Reservation reservation = free.ReserveN(T(5), 1);
    free.SetLimitAt(T(0), 10);
    EXPECT_TRUE(free.AllowN(T(0), 2));
    reservation.CancelAt(T(0));
    EXPECT_DOUBLE_EQ(free.TokensAt(T(0)), 0);
  });
}

TEST_P(RateTest, SettersTakeEffectFromTheirTimeOn) {
  Main([] {
    Limiter limiter(5, 2);
    ExpectReserves(limiter, 0, 2, 0);
    ExpectReserves(limiter, 0, 2, 4);
    limiter.SetLimitAt(T(2), 10);
    ExpectReserves(limiter, 2, 1, 4);  // Of 2, 1 was earned, at the old rate.

    Limiter burst(5, 2);
    ExpectReserves(burst, 0, 2, 0);
    ExpectReserves(burst, 0, 2, 4);
    burst.SetBurstAt(T(3), 4);
    ExpectReserves(burst, 0, 4, 9);

    Limiter free(kInf, 2);
    EXPECT_TRUE(free.AllowN(T(0), 100));
    free.SetLimitAt(T(0), 10);
    ExpectReserves(free, 0, 2, 0);
    ExpectReserves(free, 0, 1, 1);
  });
}

TEST_P(RateTest, GettersTellWhatWasSet) {
  Main([] {
    Limiter limiter(5, 2);
    EXPECT_EQ(limiter.Limit(), 5);
    EXPECT_EQ(limiter.Burst(), 2);
    limiter.SetLimit(kInf);
    limiter.SetBurst(3);
    EXPECT_EQ(limiter.Limit(), kInf);
    EXPECT_EQ(limiter.Burst(), 3);
    EXPECT_DOUBLE_EQ(Limiter(0, 7).Tokens(), 7);
  });
}

TEST_P(RateTest, NegativeNumbersPanic) {
  Main([] {
    Limiter limiter(10, 2);
    EXPECT_THROW(static_cast<void>(limiter.AllowN(T(0), -1)), Panic);
    EXPECT_THROW(static_cast<void>(limiter.ReserveN(T(0), -1)), Panic);
    EXPECT_THROW(limiter.WaitN(Background(), -1).IgnoreError(), Panic);
    EXPECT_DOUBLE_EQ(limiter.TokensAt(T(0)), 2);
  });
}

TEST_P(RateTest, ManyAtOnceGetNoMoreThanTheBurst) {
  Main([] {
    Limiter limiter(rate::Every(absl::Hours(1)), 5);
    std::atomic<int> allowed{0};
    WaitGroup wg;
    for (int i = 0; i < 15; ++i) {
      wg.Go([&] { allowed += limiter.Allow(); });
    }
    wg.Wait();
    EXPECT_EQ(allowed, 5);
  });
}

TEST_P(RateTest, AsManyAsTheLimitSaysInTheLongRun) {
  Main([] {
    Limiter limiter(100, 100);
    int allowed = 0;
    for (int ms = 0; ms < 5000; ms += 2) {
      allowed += limiter.AllowN(T(0) + absl::Milliseconds(ms), 1);
    }
    EXPECT_GE(allowed, 598);
    EXPECT_LE(allowed, 600);
  });
}

}  // namespace
}  // namespace rt::rate
