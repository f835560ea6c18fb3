// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: panic

// Repairs the early return, and leaves two Dones for a declined card.

#include <atomic>
#include <stdexcept>

#include "exercises/03_waitgroups/charge_orders/exercise.h"
#include "runtime/runtime.h"

int ChargeAll(const std::vector<Order>& orders, const Charge& charge) {
  std::atomic<int> paid = 0;
  rt::WaitGroup wg;
  wg.Add(static_cast<int>(orders.size()));
  for (const Order& order : orders) {
    rt::Go([&] {
      if (order.quantity > 0) {
        try {
          charge(order);
          ++paid;
        } catch (const std::runtime_error&) {
          wg.Done();
        }
      }
      wg.Done();
    });
  }
  wg.Wait();
  return paid;
}
