// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: wrong

// Counts before it charges, and does not take a declined order back.

#include <atomic>
#include <stdexcept>

#include "exercises/03_waitgroups/charge_orders/exercise.h"
#include "runtime/runtime.h"

int ChargeAll(const std::vector<Order>& orders, const Charge& charge) {
  std::atomic<int> paid = 0;
  rt::WaitGroup wg;
  for (const Order& order : orders) {
    wg.Go([&] {
      if (order.quantity <= 0) return;
      ++paid;
      try {
        charge(order);
      } catch (const std::runtime_error&) {
      }
    });
  }
  wg.Wait();
  return paid;
}
