// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Grades exercises/03_waitgroups/price_check.

#include <vector>

#include "absl/time/time.h"
#include "exercises/03_waitgroups/price_check/exercise.h"
#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/runtime.h"

namespace {

using ::rt::explorer::Check;
using ::rt::explorer::ExpectOverlap;
using ::rt::explorer::Options;
using Prices = std::vector<int>;

// Answers take a few dozen operations. One that polls for ever is refused
// before it has kept the learner waiting.
Options Limits() {
  Options options;
  options.max_steps = 300;
  options.max_executions = 5'000;
  return options;
}

Shop ShopAsking(int price, absl::Duration thinks = absl::ZeroDuration()) {
  return [price, thinks] {
    if (thinks > absl::ZeroDuration()) rt::Sleep(thinks);
    return price;
  };
}

TEST(PriceCheck, TwoPricesInTheShopsOrder) {
  Check(Limits(), [] {
    const std::vector<Shop> shops = {ShopAsking(900), ShopAsking(700)};
    EXPECT_EQ(AskAll(shops), Prices({900, 700}));
  });
}

TEST(PriceCheck, TheSlowShopKeepsItsPlace) {
  for (size_t slow : {0, 1, 2}) {
    Check(Limits(), [slow] {
      std::vector<Shop> shops = {ShopAsking(500), ShopAsking(900),
                                 ShopAsking(700)};
      shops[slow] = ShopAsking(300, absl::Hours(1000));
      Prices prices = {500, 900, 700};
      prices[slow] = 300;

      EXPECT_EQ(AskAll(shops), prices);
    });
  }
}

TEST(PriceCheck, TheSamePriceTwice) {
  Check(Limits(), [] {
    const std::vector<Shop> shops = {ShopAsking(800), ShopAsking(800)};
    EXPECT_EQ(AskAll(shops), Prices({800, 800}));
  });
}

TEST(PriceCheck, EachShopIsAskedOnce) {
  Check(Limits(), [] {
    std::vector<int> asked(2);
    const std::vector<Shop> shops = {[&] { return ++asked[0]; },
                                     [&] { return ++asked[1]; }};

    AskAll(shops);

    EXPECT_EQ(asked, std::vector<int>({1, 1})) << "questions to each shop";
  });
}

TEST(PriceCheck, ShopsAreAskedAtTheSameTime) {
  Check(Limits(), [] {
    const absl::Duration thinks = absl::Milliseconds(10);
    const std::vector<Shop> shops = {
        ShopAsking(1, thinks), ShopAsking(2, thinks), ShopAsking(3, thinks)};
    const absl::Time start = rt::Now();

    AskAll(shops);

    ExpectOverlap(
        rt::Now() - start, thinks, 3 * thinks,
        "three shops that think for 10 ms each, all at the same time");
  });
}

TEST(PriceCheck, OneShop) {
  Check(Limits(), [] {
    const std::vector<Shop> shops = {ShopAsking(600)};
    EXPECT_EQ(AskAll(shops), Prices({600}));
  });
}

TEST(PriceCheck, NoShops) {
  Check(Limits(), [] { EXPECT_EQ(AskAll({}), Prices()); });
}

}  // namespace
