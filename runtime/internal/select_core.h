// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// SelectCore: choosing among operations on several channels, without types.
//
// First, without a lock: count the cases that look ready, draw one of them, and
// try it under its channel's lock alone. If that does it, the select happened
// at that moment: the case was ready, and Go promises no more about which ready
// case is taken than that each has the same chance, which the draw gives to all
// that are ready throughout.
//
// That none is ready can only be said of a moment at which all are looked at,
// so for that, to take the default or to wait, all the channels are locked, in
// the order of their addresses.
//
// Waiting: a Waiter on each channel, all with one `fired` word (waiter.h). Who
// fires it completes the select; on waking it removes the other Waiters, before
// it returns, so no channel keeps anything of it.
//
// Lock order: channels by address; nothing else is taken under them.

#ifndef RUNTIME_INTERNAL_SELECT_CORE_H_
#define RUNTIME_INTERNAL_SELECT_CORE_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "runtime/internal/chan_core.h"
#include "runtime/internal/waiter.h"

namespace rt::internal {

// A case: receive into `element`, or send what is there.
struct SelectOp {
  ChanCore* chan = nullptr;  // Null: never ready.
  void* element = nullptr;
  bool sends = false;
  bool ok = false;  // Result of a receive: a value came (false: closed).
};

class SelectCore {
 public:
  static constexpr size_t kDefault = ~size_t{0};

  // Performs one of the operations and returns its index. If none can be, it
  // waits; with `has_default` it returns kDefault instead. Panics if what was
  // drawn is a send on a closed channel. `slow` is Slow<N>, with N the number
  // of operations, or SlowOnHeap.
  using SlowPath = size_t (*)(std::span<SelectOp> ops, bool has_default);
  static size_t Run(std::span<SelectOp> ops, bool has_default, SlowPath slow);

  // The part of Run that locks all, with what it needs on the stack.
  template <size_t N>
  static size_t Slow(std::span<SelectOp> ops, bool has_default) {
    SelectOp* order[N];
    Waiter waiters[N];
    return LockAll(ops, has_default, order, waiters);
  }

  // The same for any number of operations.
  static size_t SlowOnHeap(std::span<SelectOp> ops, bool has_default);

  // Select without cases.
  [[noreturn]] static void BlockForever();

 private:
  static bool Ready(const SelectOp& op);
  static bool ReadyLocked(const SelectOp& op);
  static bool TryOne(SelectOp& op);
  template <typename IsReady>
  static SelectOp* Draw(std::span<SelectOp> ops, IsReady is_ready);
  static size_t LockAll(std::span<SelectOp> ops, bool has_default,
                        SelectOp** order, Waiter* waiters);
  static bool UnlockAfterPark(G* g, void* locked);
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_SELECT_CORE_H_
