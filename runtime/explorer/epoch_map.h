// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// EpochMap<V>: address -> V, emptied in constant time.
//
// Open addressing with linear probing. A slot belongs to the map only if it
// carries the current epoch; Clear() starts a new one. A value that enters the
// map may therefore hold what an earlier epoch left in it: Find says whether
// it is fresh, and the caller resets it. That keeps the memory inside values
// (vector clocks) alive from one execution to the next.

#ifndef RUNTIME_EXPLORER_EPOCH_MAP_H_
#define RUNTIME_EXPLORER_EPOCH_MAP_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace rt::explorer {

template <typename V>
class EpochMap {
 public:
  // `bits`: the first table has 2^bits slots.
  explicit EpochMap(int bits) : slots_(size_t{1} << bits) {}

  void Clear() {
    ++epoch_;
    used_ = 0;
  }

  // The value at `key`; made, with *fresh set, if there is none. The reference
  // is valid until the next FindOrMake.
  V& FindOrMake(uintptr_t key, bool* fresh) {
    if (2 * (used_ + 1) > slots_.size()) Rehash();
    Slot& slot = Probe(key);
    *fresh = slot.epoch != epoch_;
    if (*fresh) {
      slot.epoch = epoch_;
      slot.key = key;
      ++used_;
    }
    return slot.value;
  }

  // The value at `key`, or null.
  V* Find(uintptr_t key) {
    Slot& slot = Probe(key);
    return slot.epoch == epoch_ ? &slot.value : nullptr;
  }

  // Calls f(key, value) for every entry, in no particular order.
  template <typename F>
  void ForEach(const F& f) {
    for (Slot& slot : slots_) {
      if (slot.epoch == epoch_) f(slot.key, slot.value);
    }
  }

  size_t size() const { return used_; }

 private:
  struct Slot {
    uintptr_t key = 0;
    uint64_t epoch = 0;
    V value{};
  };

  // Neighbouring keys share cache lines: the low bits choose the slot, with the
  // high ones mixed in so that stacks and heap do not meet. Neighbours are few,
  // or where the words of two large arrays meet, all of one would be looked at
  // for each of the other.
  Slot& Probe(uintptr_t key) {
    size_t mask = slots_.size() - 1;
    size_t i = (key ^ ((key >> 6) * 0x9e3779b97f4a7c15u >> 32)) & mask;
    while (slots_[i].epoch == epoch_ && slots_[i].key != key)
      i = (i + 1) & mask;
    return slots_[i];
  }

  void Rehash() {
    std::vector<Slot> old(2 * slots_.size());
    old.swap(slots_);
    for (Slot& slot : old) {
      if (slot.epoch != epoch_) continue;
      Slot& to = Probe(slot.key);
      to.key = slot.key;
      to.epoch = slot.epoch;
      to.value = std::move(slot.value);
    }
  }

  std::vector<Slot> slots_;
  uint64_t epoch_ = 1;
  size_t used_ = 0;
};

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_EPOCH_MAP_H_
