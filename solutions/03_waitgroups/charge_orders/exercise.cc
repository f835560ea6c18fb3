// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "exercises/03_waitgroups/charge_orders/exercise.h"

#include <atomic>
#include <stdexcept>

#include "absl/cleanup/cleanup.h"
#include "runtime/runtime.h"

namespace {

void ChargeOne(const Order& order, const Charge& charge, rt::WaitGroup& wg,
               std::atomic<int>& paid) {
  absl::Cleanup done = [&wg] { wg.Done(); };
  if (order.quantity <= 0) return;
  try {
    charge(order);
    ++paid;
  } catch (const std::runtime_error&) {
    // Declined: not paid, and nothing else to do.
  }
}

}  // namespace

int ChargeAll(const std::vector<Order>& orders, const Charge& charge) {
  std::atomic<int> paid = 0;
  rt::WaitGroup wg;
  wg.Add(static_cast<int>(orders.size()));
  for (const Order& order : orders) {
    rt::Go([&] { ChargeOne(order, charge, wg, paid); });
  }
  wg.Wait();
  return paid;
}
