// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A relaxed counter is enough: Wait orders the increments before the read.

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
      try {
        charge(order);
        paid.fetch_add(1, std::memory_order_relaxed);
      } catch (const std::runtime_error&) {
      }
    });
  }
  wg.Wait();
  return paid.load(std::memory_order_relaxed);
}
