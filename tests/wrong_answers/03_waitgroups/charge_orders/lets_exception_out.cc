// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: panic

// The group is right, but nobody catches the declined card: an exception that
// leaves its goroutine ends the program.

#include <atomic>

#include "exercises/03_waitgroups/charge_orders/exercise.h"
#include "runtime/runtime.h"

int ChargeAll(const std::vector<Order>& orders, const Charge& charge) {
  std::atomic<int> paid = 0;
  rt::WaitGroup wg;
  for (const Order& order : orders) {
    wg.Go([&] {
      if (order.quantity <= 0) return;
      charge(order);
      ++paid;
    });
  }
  wg.Wait();
  return paid;
}
