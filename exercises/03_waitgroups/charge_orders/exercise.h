// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Charge orders: Done on every way out. Given; edit exercise.cc.

#ifndef EXERCISES_03_WAITGROUPS_CHARGE_ORDERS_EXERCISE_H_
#define EXERCISES_03_WAITGROUPS_CHARGE_ORDERS_EXERCISE_H_

#include <functional>
#include <vector>

struct Order {
  int id;
  int quantity;
};

// Charges the customer's card; throws std::runtime_error if it is declined.
// May be called by several goroutines at once.
using Charge = std::function<void(const Order&)>;

// Charges the orders whose quantity is positive, all at the same time, and
// returns when that is finished: how many of them were paid.
int ChargeAll(const std::vector<Order>& orders, const Charge& charge);

#endif  // EXERCISES_03_WAITGROUPS_CHARGE_ORDERS_EXERCISE_H_
