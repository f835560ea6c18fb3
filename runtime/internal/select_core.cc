// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The protocol of waiting is that of Go's selectgo (runtime/select.go): lock
// all, look at all, enqueue on all, park, and take back what did not fire.

#include "runtime/internal/select_core.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "absl/base/thread_annotations.h"
#include "runtime/internal/check.h"
#include "runtime/internal/host.h"
#include "runtime/panic.h"

namespace rt::internal {
namespace {

// The operations of a select whose channels are not nil, by the address of the
// channel. Those on one channel stand side by side; it is locked once.
struct LockOrder {
  SelectOp** ops;
  size_t size;

  // Calls f(channel) for each channel. Reads *ops for the last time before the
  // last call.
  template <typename F>
  void ForEachChannel(F f) const {
    for (size_t i = 0; i < size;) {
      ChanCore* chan = ops[i]->chan;
      do ++i;
      while (i < size && ops[i]->chan == chan);
      f(chan);
    }
  }
};

LockOrder SortByAddress(std::span<SelectOp> ops, SelectOp** order) {
  size_t size = 0;
  for (SelectOp& op : ops) {
    if (op.chan != nullptr) order[size++] = &op;
  }
  auto before = [](const SelectOp* a, const SelectOp* b) {
    return std::less<>()(a->chan, b->chan);
  };
  constexpr size_t kFew = 16;
  if (size > kFew) {
    std::sort(order, order + size, before);
    return {order, size};
  }
  for (size_t i = 1; i < size; ++i) {
    SelectOp* op = order[i];
    size_t at = i;
    for (; at > 0 && before(op, order[at - 1]); --at) order[at] = order[at - 1];
    order[at] = op;
  }
  return {order, size};
}

}  // namespace

bool SelectCore::Ready(const SelectOp& op) {
  if (op.chan == nullptr) return false;
  return op.sends ? !op.chan->SendWouldWait() : !op.chan->RecvWouldWait();
}

bool SelectCore::ReadyLocked(const SelectOp& op) {
  if (op.chan == nullptr) return false;
  return op.sends ? !op.chan->NoRoomToSend() : !op.chan->NothingToRecv();
}

bool SelectCore::TryOne(SelectOp& op) {
  if (op.sends) return op.chan->TrySendSlow(op.element);
  TryRecvResult result = op.chan->TryRecvSlow(op.element);
  op.ok = result == TryRecvResult::kReceived;
  return result != TryRecvResult::kWouldWait;
}

// One of the operations that are ready, each with the same chance; null if none
// is.
template <typename IsReady>
SelectOp* SelectCore::Draw(std::span<SelectOp> ops, IsReady is_ready) {
  uint64_t count = 0;
  SelectOp* last = nullptr;
  for (SelectOp& op : ops) {
    if (!is_ready(op)) continue;
    ++count;
    last = &op;
  }
  if (count <= 1) return last;
  uint64_t wanted = host::RandomBelow(count);
  for (SelectOp& op : ops) {
    if (is_ready(op) && wanted-- == 0) return &op;
  }
  return last;  // Some are ready no more.
}

size_t SelectCore::Run(std::span<SelectOp> ops, bool has_default,
                       SlowPath slow) {
  host::Op op(host::OpKind::kSelect,
              host::ObjectList{&ops[0].chan, ops.size(), sizeof(SelectOp)});
  SelectOp* drawn = Draw(ops, Ready);
  if (drawn != nullptr && TryOne(*drawn)) {
    return static_cast<size_t>(drawn - ops.data());
  }
  size_t done = slow(ops, has_default);
  if (done == kDefault) host::OnlyLooked(__builtin_return_address(0));
  return done;
}

size_t SelectCore::SlowOnHeap(std::span<SelectOp> ops, bool has_default) {
  auto order = std::make_unique<SelectOp*[]>(ops.size());
  auto waiters = std::make_unique<Waiter[]>(ops.size());
  return LockAll(ops, has_default, order.get(), waiters.get());
}

// As soon as a channel is unlocked here, the goroutine may be completed through
// it and run. But it does not get far: it will not return, so *locked and the
// operations stay, before it has had the lock of every channel at which it
// still has a Waiter, and those that are not unlocked yet are among them.
bool SelectCore::UnlockAfterPark(G*, void* locked) {
  LockOrder order = *static_cast<LockOrder*>(locked);
  order.ForEachChannel([](ChanCore* chan) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    chan->mu_.Unlock();
  });
  return true;
}

// Not analysed: the analysis has no notion of a set of locks.
size_t SelectCore::LockAll(std::span<SelectOp> ops, bool has_default,
                           SelectOp** order,
                           Waiter* waiters) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  LockOrder locked = SortByAddress(ops, order);
  locked.ForEachChannel(
      [](ChanCore* chan) ABSL_NO_THREAD_SAFETY_ANALYSIS { chan->mu_.Lock(); });
  // An operation that looks ready because of dead waiters drops them, and does
  // not look ready the next time.
  while (SelectOp* op = Draw(ops, ReadyLocked)) {
    G* wake = nullptr;
    bool closed = false;
    bool done;
    if (op->sends) {
      auto result = op->chan->SendNow(op->element, &wake);
      closed = result == ChanCore::SendResult::kClosed;
      done = result != ChanCore::SendResult::kWouldWait;
    } else {
      auto result = op->chan->RecvNow(op->element, &wake);
      op->ok = result == TryRecvResult::kReceived;
      done = result != TryRecvResult::kWouldWait;
    }
    if (!done) continue;
    UnlockAfterPark(nullptr, &locked);
    if (wake != nullptr) host::Ready(wake);
    if (closed) throw Panic("send on closed channel");
    return static_cast<size_t>(op - ops.data());
  }
  if (has_default) {
    UnlockAfterPark(nullptr, &locked);
    return kDefault;
  }

  std::atomic<Waiter*> fired{nullptr};
  G* self = host::CurrentG();
  for (size_t i = 0; i < locked.size; ++i) {
    SelectOp& op = *locked.ops[i];
    Waiter& waiter = waiters[&op - ops.data()];
    waiter.g = self;
    waiter.elem = op.element;
    waiter.fired = &fired;
    (op.sends ? op.chan->senders_ : op.chan->receivers_).Push(&waiter);
  }
  host::Park(WaitReason::kSelect, nullptr, UnlockAfterPark, &locked);
  // Relaxed: Ready orders what the winner wrote before what we read.
  Waiter* winner = fired.load(std::memory_order_relaxed);
  RT_CHECK(winner != nullptr, "W1: a select was woken by nobody");
  for (size_t i = 0; i < locked.size; ++i) {
    SelectOp& op = *locked.ops[i];
    Waiter& waiter = waiters[&op - ops.data()];
    if (&waiter == winner) continue;
    // Even if it is on no queue any more: whoever took it off may still be
    // looking at it.
    RawLock lock(op.chan->mu_);
    if (!waiter.queued) continue;
    (op.sends ? op.chan->senders_ : op.chan->receivers_).Remove(&waiter);
  }
  SelectOp& op = ops[static_cast<size_t>(winner - waiters)];
  op.ok = winner->ok;
  if (!op.ok) {
    if (op.sends) throw Panic("send on closed channel");
    host::Acquire(op.chan);
  }
  return static_cast<size_t>(&op - ops.data());
}

void SelectCore::BlockForever() {
  host::Op op(host::OpKind::kSelect, nullptr);
  host::Park(WaitReason::kSelectNoCases, nullptr, nullptr, nullptr);
  host::Fatal("a select without cases was woken");
}

}  // namespace rt::internal
