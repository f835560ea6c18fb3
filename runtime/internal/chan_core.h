// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// ChanCore: a channel without its element type; the machine under Chan<T>.
//
// One allocation holds the core and its ring of `capacity` slots. Handles share
// it by counting; the last one destroys what is still in the ring.
//
// Invariants (hold whenever mu is free; "waits" leaves out a waiter whose
// goroutine has been completed elsewhere, see waiter.h):
//   I1  senders and receivers do not both wait, unless one goroutine waits in
//       both directions of the same unbuffered channel.
//   I2  count > 0 => no receiver waits; count < capacity => no sender waits.
//   I3  closed never becomes false; once closed, nobody waits.
//   I4  a waiter is completed at most once (W1 in waiter.h).
//
// A waker touches the core last when it releases mu, before it makes the
// waiter ready; and a caller keeps a handle for as long as its call takes. So
// a channel may be destroyed as soon as the last call on it has returned.
//
// A look (RecvWouldWait, SendWouldWait) reads without the lock. It answers
// "yes" only if that was so at some moment of the look: an operation writes the
// word that tells how full the channel is at most once; that word is read
// first; and a channel found open afterwards was open then (I3). That mu was
// free puts looks into one order with operations and with the program's own
// sequentially consistent accesses, as taking mu would (raw_mutex.h): of "set a
// flag, then look" and "send, then read the flag" one sees the other.

#ifndef RUNTIME_INTERNAL_CHAN_CORE_H_
#define RUNTIME_INTERNAL_CHAN_CORE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "runtime/internal/host.h"
#include "runtime/internal/raw_mutex.h"
#include "runtime/internal/waiter.h"

namespace rt::internal {

// What the core must know of the element type.
struct ElementOps {
  size_t size;
  size_t alignment;
  // Constructs *to from *from. Null: copies the bytes.
  void (*move)(void* to, void* from);
  void (*destroy)(void* element);  // Null: does nothing.

  void Move(void* to, void* from) const {
    if (move != nullptr) {
      move(to, from);
    } else if (size == sizeof(uint64_t)) {  // A number or pointer, mostly.
      std::memcpy(to, from, sizeof(uint64_t));
    } else {
      std::memcpy(to, from, size);
    }
  }
  void Destroy(void* element) const {
    if (destroy != nullptr) destroy(element);
  }
};

class ChanCore;

// What became of a receive that does not wait.
enum class TryRecvResult : uint8_t { kReceived, kClosed, kWouldWait };

// Whoever feeds a channel from outside of the program, such as a timer. To the
// program the channel looks unbuffered, for its owner may take back what it has
// put there.
struct ChanOwner {
  // The last handle is gone; afterwards the channel is destroyed. Returns a
  // channel that the owner had a handle of, or null: that handle goes next.
  ChanCore* (*abandoned)(ChanOwner* self);
};

class ChanCore {
 public:
  // With one handle. Panics if capacity < 0 or too large to allocate.
  static ChanCore* New(const ElementOps* ops, int64_t capacity,
                       ChanOwner* owner = nullptr);

  // Handles; null is allowed.
  static void AddRef(ChanCore* c);
  static void Unref(ChanCore* c);
  // For the owner, which knows the channel without a handle: false if the last
  // one is gone.
  [[nodiscard]] static bool TryAddRef(ChanCore* c);

  // The channel's operations; a null core is the nil channel. Send moves from
  // `value`, which stays the caller's to destroy. Recv returns nullopt if the
  // channel is closed. T is the type of the elements; chan_inline.h.
  template <typename T>
  static void Send(ChanCore* c, T& value);
  template <typename T>
  [[nodiscard]] static std::optional<T> Recv(ChanCore* c);

  // The same without the type. Recv constructs *element and returns true, or
  // returns false: closed.
  static void SendElement(ChanCore* c, void* element);
  [[nodiscard]] static bool RecvElement(ChanCore* c, void* element);

  static void Close(ChanCore* c);
  static bool TryClose(ChanCore* c);  // False: it is closed already.
  static int64_t Len(ChanCore* c);
  static int64_t Cap(const ChanCore* c) {
    return c == nullptr || c->owner_ != nullptr ? 0 : c->capacity_;
  }

  // The same without waiting: a select of one case and a default. Also from a
  // plain thread.
  [[nodiscard]] static bool TrySend(ChanCore* c, void* element) {
    host::Op op(host::OpKind::kSelect, c);
    if (c != nullptr && !c->SendWouldWait()) {
      if (c->TrySendSlow(element)) return true;
    }
    host::OnlyLooked(host::Here());
    return false;
  }
  [[nodiscard]] static TryRecvResult TryRecv(ChanCore* c, void* element) {
    host::Op op(host::OpKind::kSelect, c);
    if (c != nullptr && !c->RecvWouldWait()) {
      TryRecvResult result = c->TryRecvSlow(element);
      if (result != TryRecvResult::kWouldWait) return result;
    }
    host::OnlyLooked(host::Here());
    return TryRecvResult::kWouldWait;
  }

  // For the owner, from anywhere, within an operation of its own. Offer sends
  // and Take receives if that is possible at once.
  static bool Offer(ChanCore* c, void* element) {
    return c->TrySendSlow(element);
  }
  static bool Take(ChanCore* c, void* element) {
    return c->TryRecvSlow(element) == TryRecvResult::kReceived;
  }
  // Whether somebody waits to receive.
  static bool IsAwaited(const ChanCore* c) {
    return !c->receivers_.LooksEmpty();
  }
  // Whether it is closed; then what came before that is visible.
  static bool IsClosed(const ChanCore* c) {
    return c->closed_.load(std::memory_order_acquire);
  }
  ChanOwner* owner() const { return owner_; }

  // An operation on the nil channel.
  [[noreturn]] static void BlockForever(WaitReason reason);

  ChanCore(const ChanCore&) = delete;
  ChanCore& operator=(const ChanCore&) = delete;

 private:
  friend class SelectCore;

  ChanCore(const ElementOps* ops, int64_t capacity, std::byte* ring,
           ChanOwner* owner)
      : ops_(ops), capacity_(capacity), ring_(ring), owner_(owner) {}
  ~ChanCore();

  std::byte* Slot(int64_t i) const { return ring_ + i * ops_->size; }
  void Advance(int64_t* i) const {
    if (++*i == capacity_) *i = 0;
  }

  // Looks; see the head of this file. The order of the loads matters, so each
  // is an acquire.
  bool RecvWouldWait() const { return !mu_.IsLocked() && NothingToRecv(); }
  bool SendWouldWait() const { return !mu_.IsLocked() && NoRoomToSend(); }

  // The same for who holds mu, and then exact but for dead waiters: false may
  // turn out to be wrong.
  bool NothingToRecv() const {
    bool empty = capacity_ > 0 ? count_.load(std::memory_order_acquire) == 0
                               : senders_.LooksEmpty();
    return empty && !closed_.load(std::memory_order_acquire);
  }
  bool NoRoomToSend() const {
    bool full = capacity_ > 0
                    ? count_.load(std::memory_order_acquire) == capacity_
                    : receivers_.LooksEmpty();
    return full && !closed_.load(std::memory_order_acquire);
  }

  // Every use of a slot comes after the one before: the k-th receive happens
  // before the (k + capacity)-th send, and each send before its receive.
  static void NoteSlot(const void* slot) {
    host::Acquire(slot);
    host::Release(slot);
  }

  // Send and Recv from where they have locked mu, which these unlock.
  void SendLocked(void* element) ABSL_UNLOCK_FUNCTION(mu_);
  bool RecvLocked(void* element) ABSL_UNLOCK_FUNCTION(mu_);

  bool TrySendSlow(void* element);
  TryRecvResult TryRecvSlow(void* element);

  // What can be done at once, under mu. *wake is whom to make ready once mu is
  // free.
  enum class SendResult : uint8_t { kSent, kClosed, kWouldWait };
  SendResult SendNow(void* element, G** wake)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  TryRecvResult RecvNow(void* element, G** wake)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  // Constant after construction.
  const ElementOps* const ops_;
  const int64_t capacity_;
  std::byte* const ring_;
  ChanOwner* const owner_;  // Null: the program's own channel.

  std::atomic<int64_t> refs_{1};

  RawMutex mu_{LockRank::kChan};
  std::atomic<bool> closed_{false};              // Written under mu_.
  std::atomic<int64_t> count_{0};                // Written under mu_.
  int64_t send_index_ ABSL_GUARDED_BY(mu_) = 0;  // The next slot to fill.
  int64_t recv_index_ ABSL_GUARDED_BY(mu_) = 0;  // The next slot to empty.
  WaiterQueue receivers_;                        // Changed under mu_.
  WaiterQueue senders_;                          // Changed under mu_.
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_CHAN_CORE_H_
