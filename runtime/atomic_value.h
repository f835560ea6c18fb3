// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// AtomicValue<T>: a value of any type that is read and replaced as a whole, as
// Go's atomic.Value.
//
//   rt::AtomicValue<Config> config(Config::Read());
//   config.Store(Config::Read());                    // now and then
//   Config now = *config.Load();                     // all the time
//
// A reader gets a copy of one stored value, never of two halves. To change part
// of a value: copy, change, CompareAndSwap, and again if somebody was faster.
// For a T that a std::atomic can hold, use that.
//
// Threads:   every method from any goroutine or plain thread at once.
// Blocks:    never; Load does not wait for Store.
// Ordering:  what stores a value happens before what loads it.
// Failure:   none. Go's panics (a nil value, values of different types) cannot
//            happen: T says what can be stored.
// Lifetime:  a replaced value is destroyed when nobody reads any AtomicValue or
//            Map just then: at once, or in a later call on one of those. Not
//            copyable: copy what Load returns. Destroy it when every call has
//            returned.

#ifndef RUNTIME_ATOMIC_VALUE_H_
#define RUNTIME_ATOMIC_VALUE_H_

#include <atomic>
#include <memory>
#include <optional>
#include <utility>

#include "runtime/internal/host.h"
#include "runtime/internal/reclaim.h"

namespace rt {

template <typename T>
class AtomicValue {
 public:
  // Nothing is stored yet.
  constexpr AtomicValue() = default;
  explicit AtomicValue(T value) : box_(new Box(std::move(value))) {}
  ~AtomicValue() { delete box_.load(std::memory_order_relaxed); }
  AtomicValue(const AtomicValue&) = delete;
  AtomicValue& operator=(const AtomicValue&) = delete;

  // Load: a copy of what was stored last; nothing if nothing was.
  [[nodiscard]] std::optional<T> Load() const {
    Op op(OpKind::kValueLoad, this);
    internal::host::Acquire(this);
    internal::ReadSection reading;
    return ValueOf(box_.load(std::memory_order_seq_cst));
  }

  // Store: replaces the value.
  void Store(T value) {
    internal::Retiring gone;
    auto box = std::make_unique<Box>(std::move(value));
    Op op(OpKind::kValueStore, this);
    OrderStore();
    gone.Add(box_.exchange(box.release()));
  }

  // Swap: replaces the value and returns the one before, if there was one.
  std::optional<T> Swap(T value) {
    internal::Retiring gone;
    auto box = std::make_unique<Box>(std::move(value));
    Op op(OpKind::kValueStore, this);
    OrderStore();
    Box* before = box_.exchange(box.release());
    gone.Add(before);
    return ValueOf(before);
  }

  // CompareAndSwap: replaces the value if it equals `old`; std::nullopt stands
  // for "nothing was stored". Whether it did so.
  [[nodiscard]] bool CompareAndSwap(const std::optional<T>& old, T value) {
    internal::Retiring gone;
    auto box = std::make_unique<Box>(std::move(value));
    Op op(OpKind::kValueStore, this);
    internal::host::Acquire(this);
    internal::ReadSection reading;
    Box* now = box_.load(std::memory_order_seq_cst);
    do {
      bool equal = now == nullptr ? !old.has_value()
                                  : old.has_value() && now->value == *old;
      if (!equal) return false;
    } while (!box_.compare_exchange_weak(now, box.get()));
    box.release();
    gone.Add(now);
    internal::host::Release(this);
    return true;
  }

 private:
  using Op = internal::host::Op;
  using OpKind = internal::host::OpKind;

  struct Box : internal::Retired {
    explicit Box(T v) : value(std::move(v)) {
      destroy = [](internal::Retired* r) { delete static_cast<Box*>(r); };
    }
    const T value;
  };

  static std::optional<T> ValueOf(const Box* box) {
    return box == nullptr ? std::nullopt : std::optional<T>(box->value);
  }

  // Who stores has seen what was stored before, and may destroy it.
  void OrderStore() {
    internal::host::Acquire(this);
    internal::host::Release(this);
  }

  std::atomic<Box*> box_{nullptr};
};

}  // namespace rt

#endif  // RUNTIME_ATOMIC_VALUE_H_
