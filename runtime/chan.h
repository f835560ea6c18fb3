// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Chan<T>: a typed FIFO between goroutines, with Go's semantics.
//
//   auto results = rt::MakeChan<int>(3);
//   rt::Go([=] { results.Send(42); results.Close(); });
//   for (int r : results) std::cout << r << "\n";
//
// Use it to hand a value over; to protect a value that stays put, use Mutex.
// Chan<T> is a thin typed layer; all waiting lives in internal/chan_core.h.
//
// A Chan is a handle: copies share the channel, which lives until the last
// handle is gone. SendChan and RecvChan are handles that can do only half; a
// Chan converts to either. A handle made by `Chan<T>{}` is the nil channel.
//
// Threads:   every method may be called from any goroutine at once. Close and
//            Len, and a Send that need not wait, also from a plain thread.
// Blocks:    the goroutine only; the worker thread runs other goroutines.
// Ordering:  a Send happens before the Recv that takes its value; Close
//            happens before a Recv that reports closed; Recv number k
//            happens before Send number k + capacity returns.
// Capacity:  in elements, >= 0; 0 means rendezvous.
// Elements:  are moved from the sender to the receiver. Their move constructor
//            must not throw, and neither it nor the destructor may block. They
//            are smaller than 64 KiB, as in Go: they pass over stacks.
//
//                  Send                 Recv                    Close
//   open, empty    stores; blocks if    blocks                  closes
//                  capacity is 0 and
//                  nobody receives
//   open, partial  stores               the oldest value        closes
//   open, full     blocks               the oldest value        closes
//   closed         Panic: send on       what is left, oldest    Panic: close of
//                  closed channel       first; then nullopt     closed channel
//   nil            blocks for ever      blocks for ever         Panic: close of
//                                                               nil channel
//
// A goroutine that is blocked in Send when the channel is closed panics; one
// that is blocked in Recv gets nullopt.

#ifndef RUNTIME_CHAN_H_
#define RUNTIME_CHAN_H_

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "runtime/internal/chan_core.h"
#include "runtime/internal/chan_inline.h"

namespace rt {

template <typename T>
class Chan;
template <typename T>
class SendChan;
template <typename T>
class RecvChan;

namespace internal {

inline constexpr size_t kMaxElementBytes = size_t{64} << 10;

// What all handles share: the count, comparison, Len and Cap.
class ChanHandle {
 public:
  ChanHandle() = default;
  // Takes over the reference that a new core comes with.
  explicit ChanHandle(ChanCore* core) : core_(core) {}
  ChanHandle(const ChanHandle& other) : core_(other.core_) {
    ChanCore::AddRef(core_);
  }
  ChanHandle(ChanHandle&& other) noexcept
      : core_(std::exchange(other.core_, nullptr)) {}
  ChanHandle& operator=(ChanHandle other) noexcept {
    std::swap(core_, other.core_);
    return *this;
  }
  ~ChanHandle() { ChanCore::Unref(core_); }

  // How many values are stored; 0 for nil. A snapshot: it may have changed when
  // the caller looks at it.
  int64_t Len() const { return ChanCore::Len(core_); }

  // The capacity it was made with; 0 for nil.
  int64_t Cap() const { return ChanCore::Cap(core_); }

  // False for the nil channel.
  explicit operator bool() const { return core_ != nullptr; }

  ChanCore* core() const { return core_; }

 protected:
  template <typename T>
  void SendValue(T& value) const {
    ChanCore::Send(core_, value);
  }

  template <typename T>
  std::optional<T> RecvValue() const {
    return ChanCore::Recv<T>(core_);
  }

  void CloseCore() const { ChanCore::Close(core_); }

 private:
  ChanCore* core_ = nullptr;
};

// Two handles are equal if they share a channel, or both are nil.
template <typename A, typename B>
requires std::is_base_of_v<ChanHandle, A> && std::is_base_of_v<ChanHandle, B>
bool operator==(const A& a, const B& b) { return a.core() == b.core(); }

// Receives for a range-for until the channel is closed.
template <typename T>
class RecvIterator {
 public:
  using value_type = T;
  using difference_type = std::ptrdiff_t;

  RecvIterator() = default;
  explicit RecvIterator(RecvChan<T> from) : from_(std::move(from)) {
    value_ = from_.Recv();
  }

  // May be moved from, as in `for (std::unique_ptr<X> x : channel)`.
  T&& operator*() { return std::move(*value_); }
  RecvIterator& operator++() {
    value_ = from_.Recv();
    return *this;
  }
  void operator++(int) { ++*this; }
  bool operator==(std::default_sentinel_t) const { return !value_.has_value(); }

 private:
  RecvChan<T> from_;
  std::optional<T> value_;
};

}  // namespace internal

// The half that sends: Go's chan<- T.
template <typename T>
class SendChan : public internal::ChanHandle {
 public:
  using Element = T;

  SendChan() = default;

  // Implicit, as in Go.
  SendChan(const Chan<T>& chan)  // NOLINT(google-explicit-constructor)
      : ChanHandle(chan) {}

  // Send: returns once the value is stored or received. Panics if closed.
  void Send(T value) const { this->SendValue(value); }

  // Close: no more values will be sent. Panics if closed already, or nil.
  void Close() const { this->CloseCore(); }
};

// The half that receives: Go's <-chan T.
template <typename T>
class RecvChan : public internal::ChanHandle {
 public:
  using Element = T;

  RecvChan() = default;

  // Implicit, as in Go.
  RecvChan(const Chan<T>& chan)  // NOLINT(google-explicit-constructor)
      : ChanHandle(chan) {}

  // For the runtime: takes over the reference that a new core comes with.
  explicit RecvChan(internal::ChanCore* core) : ChanHandle(core) {}

  // Recv: the oldest value, as soon as there is one; nullopt once the channel
  // is closed and empty.
  std::optional<T> Recv() const { return this->template RecvValue<T>(); }

  // for (T value : channel): receives until closed.
  internal::RecvIterator<T> begin() const {
    return internal::RecvIterator<T>(*this);
  }
  std::default_sentinel_t end() const { return {}; }
};

template <typename T>
class Chan : public internal::ChanHandle {
  static_assert(std::is_object_v<T> && !std::is_const_v<T>,
                "a channel carries objects; for a reference use a pointer");
  static_assert(std::is_nothrow_move_constructible_v<T>,
                "a channel moves its elements while it is locked, so moving "
                "must not throw; send a std::unique_ptr instead");
  static_assert(std::is_nothrow_destructible_v<T>);
  static_assert(sizeof(T) < internal::kMaxElementBytes,
                "channel element type too large (>64kB)");

 public:
  using Element = T;

  // The nil channel: Send and Recv block for ever, Close panics.
  Chan() = default;

  void Send(T value) const { this->SendValue(value); }
  std::optional<T> Recv() const { return this->template RecvValue<T>(); }
  void Close() const { this->CloseCore(); }

  internal::RecvIterator<T> begin() const {
    return internal::RecvIterator<T>(RecvChan<T>(*this));
  }
  std::default_sentinel_t end() const { return {}; }

 private:
  template <typename U>
  friend Chan<U> MakeChan(int64_t capacity);
  explicit Chan(internal::ChanCore* core) : ChanHandle(core) {}
};

// A new channel. Panics if capacity < 0 or too large.
template <typename T>
Chan<T> MakeChan(int64_t capacity = 0) {
  return Chan<T>(internal::ChanCore::New(&internal::kElementOps<T>, capacity));
}

}  // namespace rt

#endif  // RUNTIME_CHAN_H_
