// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: memory

// A declined card ends the wait for the others: the count comes too early.

#include <atomic>
#include <memory>
#include <stdexcept>

#include "exercises/03_waitgroups/charge_orders/exercise.h"
#include "runtime/runtime.h"

int ChargeAll(const std::vector<Order>& orders, const Charge& charge) {
  auto paid = std::make_shared<std::atomic<int>>(0);
  const int all = static_cast<int>(orders.size());
  auto done = rt::MakeChan<bool>(all);
  for (const Order& order : orders) {
    rt::Go([&charge, &order, paid, done] {
      bool fine = true;
      try {
        if (order.quantity > 0) {
          charge(order);
          ++*paid;
        }
      } catch (const std::runtime_error&) {
        fine = false;
      }
      done.Send(fine);
    });
  }
  for (int i = 0; i < all; ++i) {
    if (!*done.Recv()) break;
  }
  return *paid;
}
