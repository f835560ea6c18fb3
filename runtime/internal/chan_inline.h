// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The part of ChanCore that knows the type of the elements, and so can be
// inlined: a value goes into the ring, or out of it, and nobody waits.
// Everything else is in chan_core.cc.

#ifndef RUNTIME_INTERNAL_CHAN_INLINE_H_
#define RUNTIME_INTERNAL_CHAN_INLINE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "runtime/internal/chan_core.h"
#include "runtime/internal/host.h"

namespace rt::internal {

template <typename T>
inline constexpr ElementOps kElementOps = {
    sizeof(T),
    alignof(T),
    std::is_trivially_copyable_v<T>
        ? nullptr
        : +[](void* to, void* from) {
            std::construct_at(static_cast<T*>(to),
                              std::move(*static_cast<T*>(from)));
          },
    std::is_trivially_destructible_v<T>
        ? nullptr
        : +[](void* element) { std::destroy_at(static_cast<T*>(element)); },
};

// Not analysed, nor is Recv: mu_ is locked only if there is a channel.
template <typename T>
void ChanCore::Send(ChanCore* c, T& value) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  host::Op op(host::OpKind::kChanSend, c);
  if (c == nullptr) BlockForever(WaitReason::kChanSendNil);
  c->mu_.Lock();
  int64_t count = c->count_.load(std::memory_order_relaxed);
  if (count >= c->capacity_ || !c->receivers_.empty() ||
      c->closed_.load(std::memory_order_relaxed)) {
    return c->SendLocked(std::addressof(value));
  }
  std::byte* slot = c->ring_ + c->send_index_ * sizeof(T);
  NoteSlot(slot);
  std::construct_at(reinterpret_cast<T*>(slot), std::move(value));
  c->Advance(&c->send_index_);
  c->count_.store(count + 1, std::memory_order_relaxed);
  c->mu_.Unlock();
}

template <typename T>
std::optional<T> ChanCore::Recv(ChanCore* c) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  host::Op op(host::OpKind::kChanRecv, c);
  if (c == nullptr) BlockForever(WaitReason::kChanReceiveNil);
  c->mu_.Lock();
  int64_t count = c->count_.load(std::memory_order_relaxed);
  if (count > 0 && c->senders_.empty()) {
    std::byte* slot = c->ring_ + c->recv_index_ * sizeof(T);
    NoteSlot(slot);
    T* element = std::launder(reinterpret_cast<T*>(slot));
    std::optional<T> result(std::move(*element));
    std::destroy_at(element);
    c->Advance(&c->recv_index_);
    c->count_.store(count - 1, std::memory_order_relaxed);
    c->mu_.Unlock();
    return result;
  }
  union Room {  // For a T that RecvLocked may construct.
    Room() {}
    ~Room() {}
    T value;
  } room;
  if (!c->RecvLocked(std::addressof(room.value))) return std::nullopt;
  std::optional<T> result(std::move(room.value));
  std::destroy_at(std::addressof(room.value));
  return result;
}

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_CHAN_INLINE_H_
