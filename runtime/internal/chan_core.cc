// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/chan_core.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>

#include "runtime/internal/check.h"
#include "runtime/internal/host.h"
#include "runtime/panic.h"

namespace rt::internal {
namespace {

using host::OpKind;

// A waiter that waits at one channel only.
struct LoneWaiter : Waiter {
  explicit LoneWaiter(RawMutex* mu) : mu(mu) {}
  RawMutex* const mu;
};

// Runs when the goroutine's context is saved: from the unlocking on its waiter
// may be completed. Not analysed: the lock was taken by the goroutine.
bool UnlockAfterPark(G* g, void* waiter) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  auto* w = static_cast<LoneWaiter*>(waiter);
  w->g = g;
  w->mu->Unlock();
  return true;
}

void NoteSlotFor(G* parked, const void* slot) {
  host::AcquireFor(parked, slot);
  host::ReleaseFor(parked, slot);
}

size_t RingOffset(const ElementOps& ops) {
  return (sizeof(ChanCore) + ops.alignment - 1) / ops.alignment * ops.alignment;
}

// Plain operator new where it will do: glibc hands out small blocks from a
// thread's own store, but not aligned ones.
bool NeedsAlignedNew(const ElementOps& ops) {
  return std::max(alignof(ChanCore), ops.alignment) >
         __STDCPP_DEFAULT_NEW_ALIGNMENT__;
}

}  // namespace

ChanCore* ChanCore::New(const ElementOps* ops, int64_t capacity,
                        ChanOwner* owner) {
  size_t offset = RingOffset(*ops);
  constexpr auto kLargest =
      static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  if (capacity < 0 ||
      static_cast<uint64_t>(capacity) > (kLargest - offset) / ops->size) {
    throw Panic("makechan: size out of range");
  }
  size_t size = offset + static_cast<size_t>(capacity) * ops->size;
  void* memory = NeedsAlignedNew(*ops)
                     ? ::operator new (size, std::align_val_t{ops->alignment})
                     : ::operator new(size);
  auto* ring = static_cast<std::byte*>(memory) + offset;
  return new (memory) ChanCore(ops, capacity, ring, owner);
}

// The last handle is gone, so nobody else can hold mu_.
ChanCore::~ChanCore() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  if (ops_->destroy == nullptr) return;
  for (int64_t count = count_.load(std::memory_order_relaxed); count > 0;
       --count) {
    ops_->Destroy(Slot(recv_index_));
    Advance(&recv_index_);
  }
}

void ChanCore::AddRef(ChanCore* c) {
  // Relaxed: whoever copies a handle owns one, so the core cannot go meanwhile.
  if (c != nullptr) c->refs_.fetch_add(1, std::memory_order_relaxed);
}

// A loop, since owners may form a chain.
void ChanCore::Unref(ChanCore* c) {
  while (c != nullptr) {
    host::Release(&c->refs_);
    // Release: what this handle's owner did comes before the destruction;
    // acquire: the destroyer sees it. Who holds the last handle need not count:
    // there is nobody to copy another one from, but for TryAddRef.
    bool only =
        c->owner_ == nullptr && c->refs_.load(std::memory_order_acquire) == 1;
    if (!only && c->refs_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    host::Acquire(&c->refs_);
    ChanCore* next = nullptr;
    if (c->owner_ != nullptr) next = c->owner_->abandoned(c->owner_);
    const ElementOps& ops = *c->ops_;
    c->~ChanCore();
    if (NeedsAlignedNew(ops)) {
      ::operator delete (c, std::align_val_t{ops.alignment});
    } else {
      ::operator delete(c);
    }
    c = next;
  }
}

bool ChanCore::TryAddRef(ChanCore* c) {
  int64_t refs = c->refs_.load(std::memory_order_relaxed);
  // Relaxed: as in AddRef; who calls keeps the core from being destroyed.
  while (refs > 0) {
    if (c->refs_.compare_exchange_weak(refs, refs + 1,
                                       std::memory_order_relaxed)) {
      return true;
    }
  }
  return false;
}

ChanCore::SendResult ChanCore::SendNow(void* element, G** wake) {
  if (closed_.load(std::memory_order_relaxed)) return SendResult::kClosed;
  int64_t count = count_.load(std::memory_order_relaxed);
  if (Waiter* receiver = receivers_.Pop()) {
    RT_CHECK(count == 0, "I2: a receiver waits though a value is there");
    if (capacity_ == 0) {
      host::Rendezvous(receiver->g);
    } else {  // As if the value had gone through the ring.
      NoteSlot(Slot(send_index_));
      NoteSlotFor(receiver->g, Slot(send_index_));
      Advance(&send_index_);
      recv_index_ = send_index_;
    }
    ops_->Move(receiver->elem, element);
    receiver->ok = true;
    *wake = receiver->g;
    return SendResult::kSent;
  }
  if (count == capacity_) return SendResult::kWouldWait;
  NoteSlot(Slot(send_index_));
  ops_->Move(Slot(send_index_), element);
  Advance(&send_index_);
  count_.store(count + 1, std::memory_order_relaxed);
  return SendResult::kSent;
}

TryRecvResult ChanCore::RecvNow(void* element, G** wake) {
  int64_t count = count_.load(std::memory_order_relaxed);
  if (count > 0) {
    std::byte* slot = Slot(recv_index_);
    NoteSlot(slot);
    ops_->Move(element, slot);
    ops_->Destroy(slot);
    Advance(&recv_index_);
    if (Waiter* sender = senders_.Pop()) {  // The ring was full: same slot.
      RT_CHECK(count == capacity_, "I2: a sender waits though a slot is free");
      NoteSlotFor(sender->g, slot);
      ops_->Move(slot, sender->elem);
      Advance(&send_index_);
      sender->ok = true;
      *wake = sender->g;
    } else {
      count_.store(count - 1, std::memory_order_relaxed);
    }
    return TryRecvResult::kReceived;
  }
  if (closed_.load(std::memory_order_relaxed)) {
    host::Acquire(this);
    return TryRecvResult::kClosed;
  }
  Waiter* sender = senders_.Pop();
  if (sender == nullptr) return TryRecvResult::kWouldWait;
  RT_CHECK(capacity_ == 0, "I2: a sender waits though a slot is free");
  host::Rendezvous(sender->g);
  ops_->Move(element, sender->elem);
  sender->ok = true;
  *wake = sender->g;
  return TryRecvResult::kReceived;
}

void ChanCore::BlockForever(WaitReason reason) {
  host::Park(reason, nullptr, nullptr, nullptr);
  host::Fatal("a goroutine that waits on a nil channel was woken");
}

// In the next two, Park returns with mu_ free, since UnlockAfterPark has
// released it; the analysis cannot see that.
void ChanCore::SendLocked(void* element) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  G* wake = nullptr;
  SendResult result = SendNow(element, &wake);
  if (result == SendResult::kSent) {
    mu_.Unlock();
    if (wake != nullptr) host::Ready(wake);
    return;
  }
  if (result == SendResult::kClosed) {
    mu_.Unlock();
    throw Panic("send on closed channel");
  }
  LoneWaiter self(&mu_);
  self.elem = element;
  senders_.Push(&self);
  host::Park(WaitReason::kChanSend, this, UnlockAfterPark, &self);
  if (!self.ok) throw Panic("send on closed channel");
}

bool ChanCore::RecvLocked(void* element) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  G* wake = nullptr;
  TryRecvResult result = RecvNow(element, &wake);
  if (result != TryRecvResult::kWouldWait) {
    mu_.Unlock();
    if (wake != nullptr) host::Ready(wake);
    return result == TryRecvResult::kReceived;
  }
  LoneWaiter self(&mu_);
  self.elem = element;
  receivers_.Push(&self);
  host::Park(WaitReason::kChanReceive, this, UnlockAfterPark, &self);
  if (!self.ok) host::Acquire(this);
  return self.ok;
}

void ChanCore::SendElement(ChanCore* c, void* element) {
  host::Op op(OpKind::kChanSend, c);
  if (c == nullptr) BlockForever(WaitReason::kChanSendNil);
  c->mu_.Lock();
  c->SendLocked(element);
}

bool ChanCore::RecvElement(ChanCore* c, void* element) {
  host::Op op(OpKind::kChanRecv, c);
  if (c == nullptr) BlockForever(WaitReason::kChanReceiveNil);
  c->mu_.Lock();
  return c->RecvLocked(element);
}

bool ChanCore::TrySendSlow(void* element) {
  G* wake = nullptr;
  mu_.Lock();
  SendResult result = SendNow(element, &wake);
  mu_.Unlock();
  if (wake != nullptr) host::Ready(wake);
  if (result == SendResult::kClosed) throw Panic("send on closed channel");
  return result == SendResult::kSent;
}

TryRecvResult ChanCore::TryRecvSlow(void* element) {
  G* wake = nullptr;
  mu_.Lock();
  TryRecvResult result = RecvNow(element, &wake);
  mu_.Unlock();
  if (wake != nullptr) host::Ready(wake);
  return result;
}

void ChanCore::Close(ChanCore* c) {
  host::Op op(OpKind::kChanClose, c);
  if (c == nullptr) throw Panic("close of nil channel");
  if (!TryClose(c)) throw Panic("close of closed channel");
}

bool ChanCore::TryClose(ChanCore* c) {
  host::Op op(OpKind::kChanClose, c);
  c->mu_.Lock();
  if (c->closed_.load(std::memory_order_relaxed)) {
    c->mu_.Unlock();
    return false;
  }
  // Before any waiter goes: a look that finds nobody must find this. Release:
  // pairs with the load in IsClosed.
  c->closed_.store(true, std::memory_order_release);
  host::Release(c);
  // Collected first: a waiter may destroy the channel once it is ready.
  WaiterQueue woken;
  while (Waiter* w = c->receivers_.Pop()) woken.Push(w);
  while (Waiter* w = c->senders_.Pop()) woken.Push(w);
  c->mu_.Unlock();
  while (!woken.empty()) {
    Waiter* w = woken.First();
    woken.Remove(w);
    host::Ready(w->g);
  }
  return true;
}

int64_t ChanCore::Len(ChanCore* c) {
  host::Op op(OpKind::kChanLen, c);
  if (c == nullptr || c->owner_ != nullptr) return 0;
  RawLock lock(c->mu_);
  return c->count_.load(std::memory_order_relaxed);
}

}  // namespace rt::internal
