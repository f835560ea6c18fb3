// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// MapCore: what rt::Map does, in four operations, on the trie.
//
// Each is one operation to the explorer and one ReadSection to the memory; what
// they took out is retired, and so perhaps destroyed, when both have ended.
// Code of the user's (hash, ==, copies) runs inside of both, but never under a
// lock: so an operation finds its entry, compares, locks, and begins again if
// the entry is no longer what it was.
//
// The operations are those of Go's sync.Map (internal/sync.HashTrieMap), on the
// trie after Bagwell (hash_trie.h) and memory that is given back by epochs
// (reclaim.h); to look first and lock only one entry's branch is Go's, too.

#ifndef RUNTIME_INTERNAL_MAP_CORE_H_
#define RUNTIME_INTERNAL_MAP_CORE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/internal/hash_trie.h"
#include "runtime/internal/host.h"
#include "runtime/internal/map_value.h"
#include "runtime/internal/reclaim.h"

namespace rt::internal {

template <typename K, typename V, typename Hash>
class MapCore {
 public:
  MapCore() = default;
  MapCore(const MapCore&) = delete;
  MapCore& operator=(const MapCore&) = delete;

  // A copy of the value of `key`, if it has one.
  std::optional<V> Get(const K& key) const {
    Op op(OpKind::kMapLoad, this);
    uint64_t hash = HashOf(key);
    std::optional<V> value;
    ReadSection reading;
    if (Entry* entry = FindIn(trie_.Find(hash), hash, key)) {
      // It may have been deleted since. Then this is what it had last, and had
      // when we found it or later.
      value.emplace(Value::Of(entry->value.Look()));
    }
    AcquireEdges(hash);
    return value;
  }

  // Stores a value for `key` unless there is one and `replace` is false. What
  // there was goes to *before, unless that is null. Leaves `value` as it is if
  // `replace` is false.
  void Put(const K& key, V& value, bool replace, std::optional<V>* before) {
    // Destroyed last, outside of the operation.
    Retiring gone;
    std::unique_ptr<Entry> unused;
    MapValueOwner<V> fresh;

    Op op(OpKind::kMapStore, this);
    uint64_t hash = HashOf(key);
    ReadSection reading;
    AcquireEdges(hash);
    for (;;) {
      Trie::Place place = trie_.Find(hash);
      Entry* entry = FindIn(place, hash, key);
      if (entry != nullptr && !replace) {
        before->emplace(Value::Of(entry->value.Look()));
        return;
      }
      if (!fresh.has_value()) {
        fresh = replace ? Value::New(std::move(value)) : Value::New(V(value));
      }
      if (entry == nullptr) {
        if (unused == nullptr) {
          unused = std::make_unique<Entry>(hash, key, fresh.get());
        }
        if (!trie_.Insert(place, unused.get())) continue;
        unused.release();
        fresh.release();
        break;
      }
      if (!Trie::LockLive(place, entry)) continue;
      typename Value::Seen old = entry->value.Exchange(fresh.get());
      Trie::Unlock(place);
      fresh.release();
      gone.Add(Value::ToRetire(old));
      if (before != nullptr) before->emplace(Value::Of(old));
      break;
    }
    ReleaseEdges(hash);
  }

  // If `key` has a value that matches: stores *value instead, or takes the key
  // out if `value` is null. What it was goes to *before, unless that is null.
  // Whether it did so.
  template <typename Matches>
  bool Change(const K& key, Matches matches, V* value,
              std::optional<V>* before) {
    Retiring gone;
    MapValueOwner<V> fresh;

    Op op(OpKind::kMapStore, this);
    uint64_t hash = HashOf(key);
    ReadSection reading;
    AcquireEdges(hash);
    for (;;) {
      Trie::Place place = trie_.Find(hash);
      Entry* entry = FindIn(place, hash, key);
      if (entry == nullptr) return false;
      typename Value::Seen old = entry->value.Look();
      if (!matches(Value::Of(old))) return false;
      if (value != nullptr && !fresh.has_value()) {
        fresh = Value::New(std::move(*value));
      }
      if (!Trie::LockLive(place, entry)) continue;
      if (!entry->value.Is(old)) {
        Trie::Unlock(place);
        continue;
      }
      if (value != nullptr) {
        entry->value.Exchange(fresh.release());
        Trie::Unlock(place);
        gone.Add(Value::ToRetire(old));
      } else {
        gone.Add(Trie::RemoveAndUnlock(place, entry));
        gone.Add(entry);  // And its value with it.
      }
      if (before != nullptr) before->emplace(Value::Of(old));
      ReleaseEdges(hash);
      return true;
    }
  }

  // Copies the live entries with the first hash from `from` on. Returns where
  // to go on, if there may be more.
  std::optional<uint64_t> Gather(uint64_t from,
                                 std::vector<std::pair<K, V>>* batch) const {
    Op op(OpKind::kMapLoad, this);
    ReadSection reading;
    Trie::Entry* e = trie_.Seek(from);
    if (e == nullptr) return std::nullopt;
    uint64_t hash = e->hash;
    for (; e != nullptr; e = e->Next()) {
      auto* entry = static_cast<Entry*>(e);
      if (entry->dead.load(std::memory_order_acquire)) continue;
      batch->emplace_back(entry->key, Value::Of(entry->value.Look()));
    }
    AcquireEdges(hash);
    if (hash == ~uint64_t{0}) return std::nullopt;
    return hash + 1;
  }

  void Clear() {
    Retiring gone;
    Op op(OpKind::kMapStore, this);
    host::Acquire(StoresEdge());
    host::Release(ClearsEdge());
    gone.Add(trie_.Clear());
  }

 private:
  using Op = host::Op;
  using OpKind = host::OpKind;
  using Trie = HashTrie;
  using Value = MapValue<V>;

  struct Entry : Trie::Entry {
    Entry(uint64_t hash, const K& key, typename Value::Seen value)
        : Trie::Entry(hash), key(key), value(value) {
      this->destroy = [](Retired* retired) {
        auto* entry = static_cast<Entry*>(static_cast<Trie::Node*>(retired));
        Value::Delete(entry->value.Look());
        delete entry;
      };
    }
    const K key;
    Value value;
  };

  static uint64_t HashOf(const K& key) {
    // std::hash of a number is the number, and the trie begins with the upper
    // bits. No two hashes become one: each step can be undone.
    uint64_t hash = Hash()(key);
    hash ^= hash >> 32;
    return hash * 0x9e3779b97f4a7c15;
  }

  // The live entry of `key` at the place of its hash; null if there is none.
  static Entry* FindIn(const Trie::Place& place, uint64_t hash, const K& key) {
    for (Trie::Entry* e = place.First(hash); e != nullptr; e = e->Next()) {
      auto* entry = static_cast<Entry*>(e);
      if (entry->key == key && !entry->dead.load(std::memory_order_acquire)) {
        return entry;
      }
    }
    return nullptr;
  }

  // For the explorer: what is stored under a hash has an edge of its own, at no
  // object's address (the upper half is the kernel's).
  const void* Edge(uint64_t hash) const {
    auto map = reinterpret_cast<uintptr_t>(this);
    return reinterpret_cast<const void*>((hash ^ map) | uint64_t{1} << 63);
  }
  const void* ClearsEdge() const { return this; }
  const void* StoresEdge() const {
    return reinterpret_cast<const char*>(this) + 1;
  }
  void AcquireEdges(uint64_t hash) const {
    host::Acquire(Edge(hash));
    host::Acquire(ClearsEdge());
  }
  void ReleaseEdges(uint64_t hash) const {
    host::Release(Edge(hash));
    host::Release(StoresEdge());
  }

  Trie trie_;
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_MAP_CORE_H_
