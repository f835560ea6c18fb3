// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Map<K, V>: a map that goroutines use at once without a lock, as Go's
// sync.Map.
//
//   rt::Map<std::string, int> ports;
//   ports.Store("http", 80);
//   if (std::optional<int> port = ports.Load("http")) ...
//   auto [port, loaded] = ports.LoadOrStore("https", 443);
//   ports.Range([](const std::string& name, int port) { ...; return true; });
//
// For maps that are read much more than written, and for goroutines that each
// use keys of their own: a Load waits for nobody, and writes nothing that
// another core reads. Where several things must change together, or the map is
// small, a plain map under a Mutex says more and costs less.
//
// Threads:   every method from any goroutine or plain thread at once.
// Blocks:    never.
// Ordering:  what writes (Store, Swap, LoadOrStore that stores, the Deletes,
//            CompareAnd... that succeed, Clear) happens before what reads its
//            effect: also a Load that finds nothing since it was deleted.
// Types:     K is copied, compared with == and hashed with Hash; V is copied
//            out, and for CompareAnd... compared with ==. None of that may call
//            the same map or wait for long. Two equal keys have equal hashes.
// Lifetime:  a value that was replaced or deleted is destroyed when nobody
//            reads any map just then: at once, or in a later call on any Map or
//            AtomicValue. Not copyable. Destroy it when every call has
//            returned.

#ifndef RUNTIME_MAP_H_
#define RUNTIME_MAP_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/internal/map_core.h"

namespace rt {

template <typename K, typename V, typename Hash = std::hash<K>>
class Map {
 public:
  Map() = default;
  Map(const Map&) = delete;
  Map& operator=(const Map&) = delete;

  // Load: a copy of the value stored for `key`, if there is one.
  [[nodiscard]] std::optional<V> Load(const K& key) const {
    return core_.Get(key);
  }

  // Store: the value for `key` is now `value`.
  void Store(const K& key, V value) {
    core_.Put(key, value, /*replace=*/true, /*before=*/nullptr);
  }

  // Swap: the same, and returns the value that was there, if there was one.
  std::optional<V> Swap(const K& key, V value) {
    std::optional<V> before;
    core_.Put(key, value, /*replace=*/true, &before);
    return before;
  }

  // LoadOrStore: the value for `key`, and true; if there is none, stores
  // `value`, and returns it and false.
  std::pair<V, bool> LoadOrStore(const K& key, V value) {
    std::optional<V> before;
    core_.Put(key, value, /*replace=*/false, &before);
    if (before.has_value()) return {*std::move(before), true};
    return {std::move(value), false};
  }

  // LoadAndDelete: takes the key out; returns the value that it had.
  std::optional<V> LoadAndDelete(const K& key) {
    std::optional<V> before;
    core_.Change(
        key, [](const V&) { return true; }, /*value=*/nullptr, &before);
    return before;
  }

  // Delete: takes the key out, if it is there.
  void Delete(const K& key) {
    core_.Change(
        key, [](const V&) { return true; }, /*value=*/nullptr, nullptr);
  }

  // CompareAndSwap: stores `value` if the key has a value equal to `old`.
  [[nodiscard]] bool CompareAndSwap(const K& key, const V& old, V value) {
    return core_.Change(
        key, [&](const V& v) { return v == old; }, &value, nullptr);
  }

  // CompareAndDelete: takes the key out if it has a value equal to `old`.
  [[nodiscard]] bool CompareAndDelete(const K& key, const V& old) {
    return core_.Change(
        key, [&](const V& v) { return v == old; }, nullptr, nullptr);
  }

  // Range: calls f(key, value) for each key in turn, until f returns false. No
  // snapshot: of a key that is stored or deleted meanwhile, by f or others, f
  // sees any state that it had since Range was called; but no key twice, and
  // every key that is there all the time. f may call any method, and may wait.
  template <typename F>
  void Range(F f) const {
    std::vector<std::pair<K, V>> batch;  // One, unless hashes are equal.
    std::optional<uint64_t> from = 0;
    while (from.has_value()) {
      batch.clear();
      from = core_.Gather(*from, &batch);
      for (const auto& [key, value] : batch) {
        if (!f(key, value)) return;
      }
    }
  }

  // Clear: takes all keys out.
  void Clear() { core_.Clear(); }

 private:
  internal::MapCore<K, V, Hash> core_;
};

}  // namespace rt

#endif  // RUNTIME_MAP_H_
