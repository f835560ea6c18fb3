// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: race

// Two payments at once add to a plain int.

#include <stdexcept>

#include "exercises/03_waitgroups/charge_orders/exercise.h"
#include "runtime/runtime.h"

int ChargeAll(const std::vector<Order>& orders, const Charge& charge) {
  int paid = 0;
  rt::WaitGroup wg;
  for (const Order& order : orders) {
    wg.Go([&] {
      if (order.quantity <= 0) return;
      try {
        charge(order);
        ++paid;
      } catch (const std::runtime_error&) {
      }
    });
  }
  wg.Wait();
  return paid;
}
