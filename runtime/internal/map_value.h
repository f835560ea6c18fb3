// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// MapValue<V>: the value in an entry of rt::Map, which is read while it is
// replaced.
//
// A scalar is replaced in place, as an atomic. Any other value lies in a box of
// its own that never changes; the pointer to it is replaced, and the old box is
// retired. In both forms `Seen` is what a reader found: all that is needed to
// copy the value, inside the same ReadSection, and to tell whether it is still
// the one.
//
// Threads: Look from any; Exchange and Is under the lock of the entry.
// Ordering: Exchange happens before the Look that finds its value.

#ifndef RUNTIME_INTERNAL_MAP_VALUE_H_
#define RUNTIME_INTERNAL_MAP_VALUE_H_

#include <atomic>
#include <cstring>
#include <type_traits>
#include <utility>

#include "runtime/internal/reclaim.h"

namespace rt::internal {

template <typename V>
inline constexpr bool kIsSmallScalar = std::is_scalar_v<V> &&
                                       sizeof(V) <= sizeof(void*);

// A Seen that nobody else has seen yet.
template <typename V>
class MapValueOwner;

template <typename V, bool = kIsSmallScalar<V>>
class MapValue {
 public:
  struct Box : Retired {
    explicit Box(V v) : value(std::move(v)) {
      destroy = [](Retired* r) { delete static_cast<Box*>(r); };
    }
    const V value;
  };
  using Seen = Box*;

  explicit MapValue(Seen box) : box_(box) {}

  static MapValueOwner<V> New(V v) {
    return MapValueOwner<V>(new Box(std::move(v)));
  }
  static void Delete(Seen box) { delete box; }
  static const V& Of(const Seen& box) { return box->value; }
  static Retired* ToRetire(Seen box) { return box; }

  Seen Look() const { return box_.load(std::memory_order_seq_cst); }
  Seen Exchange(Seen box) { return box_.exchange(box); }
  bool Is(Seen box) const { return Look() == box; }

 private:
  std::atomic<Seen> box_;
};

template <typename V>
class MapValue<V, true> {
 public:
  using Seen = V;

  explicit MapValue(Seen value) : value_(value) {}

  static MapValueOwner<V> New(V v) { return MapValueOwner<V>(v); }
  static void Delete(Seen) {}
  static const V& Of(const Seen& value) { return value; }
  static Retired* ToRetire(Seen) { return nullptr; }

  Seen Look() const { return value_.load(std::memory_order_acquire); }
  Seen Exchange(Seen value) {
    return value_.exchange(value, std::memory_order_acq_rel);
  }
  bool Is(Seen value) const {
    Seen now = Look();  // By its bits: not every number equals itself.
    return std::memcmp(&now, &value, sizeof(now)) == 0;
  }

 private:
  std::atomic<V> value_;
};

template <typename V>
class MapValueOwner {
 public:
  using Seen = typename MapValue<V>::Seen;

  MapValueOwner() = default;
  explicit MapValueOwner(Seen seen) : seen_(seen), owns_(true) {}
  MapValueOwner(MapValueOwner&& other)
      : seen_(other.seen_), owns_(std::exchange(other.owns_, false)) {}
  MapValueOwner& operator=(MapValueOwner&& other) {
    std::swap(seen_, other.seen_);
    std::swap(owns_, other.owns_);
    return *this;
  }
  ~MapValueOwner() {
    if (owns_) MapValue<V>::Delete(seen_);
  }

  bool has_value() const { return owns_; }
  Seen get() const { return seen_; }
  Seen release() {
    owns_ = false;
    return seen_;
  }

 private:
  Seen seen_{};
  bool owns_ = false;
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_MAP_VALUE_H_
