// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Grades exercises/03_waitgroups/charge_orders.
//
// What charge notes about an order is a plain variable of that order: an answer
// which returns too early, or charges twice at once, races with the grader.

#include <stdexcept>
#include <vector>

#include "absl/time/time.h"
#include "exercises/03_waitgroups/charge_orders/exercise.h"
#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/runtime.h"

namespace {

using ::rt::explorer::Check;
using ::rt::explorer::ExpectOverlap;
using ::rt::explorer::Options;

// Orders of all kinds; the id is the place in the list.
constexpr int kGood = 1;
constexpr int kEmpty = 0;
constexpr int kReturned = -1;
constexpr int kDeclined = 13;

std::vector<Order> Orders(const std::vector<int>& quantities) {
  std::vector<Order> orders;
  for (int quantity : quantities) {
    orders.push_back({static_cast<int>(orders.size()), quantity});
  }
  return orders;
}

void DeclineSome(const Order& order) {
  if (order.quantity == kDeclined) {
    throw std::runtime_error("the card is declined");
  }
}

// Answers take a few dozen operations. One that polls for ever is refused
// before it has kept the learner waiting.
Options Limits() {
  Options options;
  options.max_steps = 300;
  options.max_executions = 5'000;
  return options;
}

TEST(ChargeOrders, GoodOrdersArePaid) {
  Check(Limits(), [] {
    EXPECT_EQ(ChargeAll(Orders({kGood, kGood}), DeclineSome), 2);
  });
}

TEST(ChargeOrders, AnEmptyOrderIsLeftOut) {
  for (int empty : {kEmpty, kReturned}) {
    Check(Limits(), [empty] {
      EXPECT_EQ(ChargeAll(Orders({empty, kGood}), DeclineSome), 1);
    });
  }
}

TEST(ChargeOrders, ADeclinedOrderIsNotPaid) {
  Check(Limits(),
        [] { EXPECT_EQ(ChargeAll(Orders({kDeclined}), DeclineSome), 0); });
}

TEST(ChargeOrders, ADeclinedOrderDoesNotStopTheOthers) {
  Check(Limits(), [] {
    EXPECT_EQ(ChargeAll(Orders({kDeclined, kGood}), DeclineSome), 1);
  });
}

TEST(ChargeOrders, OneOfEachKind) {
  Check(Limits(), [] {
    EXPECT_EQ(ChargeAll(Orders({kEmpty, kDeclined, kGood}), DeclineSome), 1);
  });
}

TEST(ChargeOrders, EachGoodOrderIsChargedOnceAndNoEmptyOne) {
  Check(Limits(), [] {
    std::vector<int> charges(3);

    ChargeAll(Orders({kGood, kEmpty, kGood}), [&](const Order& order) {
      ++charges[static_cast<size_t>(order.id)];
    });

    EXPECT_EQ(charges, std::vector<int>({1, 0, 1})) << "charges of each order";
  });
}

TEST(ChargeOrders, TheSlowestChargeIsWaitedFor) {
  Check(Limits(), [] {
    bool charged = false;

    const int paid =
        ChargeAll(Orders({kDeclined, kGood}), [&](const Order& order) {
          DeclineSome(order);
          rt::Sleep(absl::Hours(1000));
          charged = true;
        });

    EXPECT_EQ(paid, 1);
    EXPECT_TRUE(charged) << "the good order was still being charged";
  });
}

TEST(ChargeOrders, OrdersAreChargedAtTheSameTime) {
  Check(Limits(), [] {
    const absl::Duration charge = absl::Milliseconds(10);
    const absl::Time start = rt::Now();

    ChargeAll(Orders({kGood, kDeclined, kGood}), [&](const Order& order) {
      rt::Sleep(charge);
      DeclineSome(order);
    });

    ExpectOverlap(rt::Now() - start, charge, 3 * charge,
                  "three charges of 10 ms each, all at the same time");
  });
}

TEST(ChargeOrders, NoOrders) {
  Check(Limits(), [] { EXPECT_EQ(ChargeAll({}, DeclineSome), 0); });
}

}  // namespace
