// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Every goroutine says 1 or 0; the caller adds up.

#include <stdexcept>

#include "exercises/03_waitgroups/charge_orders/exercise.h"
#include "runtime/runtime.h"

int ChargeAll(const std::vector<Order>& orders, const Charge& charge) {
  auto results = rt::MakeChan<int>();
  for (const Order& order : orders) {
    rt::Go([&charge, &order, results] {
      int paid = 0;
      try {
        if (order.quantity > 0) {
          charge(order);
          paid = 1;
        }
      } catch (const std::runtime_error&) {
      }
      results.Send(paid);
    });
  }
  int sum = 0;
  for (size_t i = 0; i < orders.size(); ++i) sum += results.Recv().value();
  return sum;
}
