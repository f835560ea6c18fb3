// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/explorer/memory_model.h"

#include <algorithm>
#include <utility>

namespace rt::explorer {

using Use = AtomicAccess::Use;

void MemoryModel::BeginExecution(int max_old_reads) {
  max_old_reads_ = max_old_reads;
  by_address_.Clear();
  location_count_ = 0;
  fences_.clear();
  time_ = 0;
}

void MemoryModel::Pick(const AtomicAccess& access,
                       absl::FunctionRef<uint64_t(uint64_t n)> choose) {
  access_ = access;
  Location& l = *(location_ = &LocationOf(access));
  size_t first = FirstPlace(l, access.goroutine, access.is_seq_cst);
  size_t first_failing = first;
  if (access.fails_seq_cst != access.is_seq_cst) {
    first_failing = FirstPlace(l, access.goroutine, access.fails_seq_cst);
  }
  if (access.use != Use::kStore) {
    const Missed& missed = MissedBy(l, access);
    first = FirstVisible(l, missed, first);
    first_failing = FirstVisible(l, missed, first_failing);
  }
  places_.clear();
  for (size_t place = l.count; place-- > 0;) {
    bool fails = access.use == Use::kCompareExchange &&
                 l.stores[place].value != access.expected;
    if (place < (fails ? first_failing : first)) continue;
    bool writes = access.use != Use::kLoad && !fails;
    if (writes && place + 1 < l.count && l.stores[place + 1].is_update) {
      continue;
    }
    places_.push_back(place);
  }
  place_ = places_[places_.size() == 1 ? 0 : choose(places_.size())];
  picked_.value = l.stores[place_].value;
  picked_.is_last = place_ + 1 == l.count;
  if (picked_.is_last) return;
  const Stored& next = l.stores[place_ + 1];
  picked_.replaced_in = next.step;
  if (access.use == Use::kStore) return;
  Missed& missed = MissedBy(l, access);
  missed.times = missed.store == next.id ? missed.times + 1 : 1;
  missed.store = next.id;
}

void MemoryModel::Read(MemoryOrder order) {
  const Stored& store = location_->stores[place_];
  Note(access_.use == Use::kLoad ? access_.is_seq_cst : access_.fails_seq_cst,
       place_);
  races_.AtomicLoad(access_.goroutine, store.released, order);
}

bool MemoryModel::Write(MemoryOrder order, AtomicValue value) {
  Location& l = *location_;
  Stored& store = Insert(l, place_);
  store.value = value;
  store.step = access_.step;
  store.is_update = access_.use != Use::kStore;
  Note(access_.is_seq_cst, place_ + 1);
  if (store.is_update) {
    store.released.Assign(l.stores[place_].released);
    races_.AtomicRmw(access_.goroutine, store.released, order);
  } else {
    races_.AtomicStore(access_.goroutine, store.released, order);
  }
  return picked_.is_last;
}

void MemoryModel::Fence(GoroutineIndex goroutine) {
  races_.Fence(goroutine, MemoryOrder::kAcqRel);
  // What it has acquired is before it; what comes now has a new clock.
  const VectorClock& clock = races_.ClockOf(goroutine);
  FenceDone fence{goroutine, clock.Get(goroutine) - 1, ++time_, {}};
  if (!fences_.empty()) fence.before.Assign(fences_.back().before);
  fence.before.Join(clock);
  fence.before.Set(goroutine, fence.clock);
  fences_.push_back(std::move(fence));
}

void MemoryModel::Forget(const void* address, size_t size) {
  auto begin = reinterpret_cast<uintptr_t>(address);
  by_address_.ForEach([&](uintptr_t at, uint32_t location) {
    if (at >= begin && at - begin < size) locations_[location].size = 0;
  });
}

MemoryModel::Location& MemoryModel::LocationOf(const AtomicAccess& access) {
  bool fresh;
  uint32_t& index = by_address_.FindOrMake(
      reinterpret_cast<uintptr_t>(access.address), &fresh);
  if (fresh) {
    index = static_cast<uint32_t>(location_count_++);
    if (locations_.size() < location_count_) locations_.emplace_back();
    locations_[index].size = 0;
  }
  Location& l = locations_[index];
  if (l.size == access.size && l.stores[l.count - 1].value == access.memory) {
    return l;
  }
  l.size = access.size;
  l.count = 0;
  l.done.clear();
  l.missed.clear();
  Stored& store = Insert(l, 0);
  store.value = access.memory;
  store.is_update = false;
  return l;
}

MemoryModel::Stored& MemoryModel::Insert(Location& l, size_t place) {
  size_t at = l.count == 0 ? 0 : place + 1;
  if (l.stores.size() == l.count) l.stores.emplace_back();
  auto begin = l.stores.begin();
  auto from = begin + static_cast<ptrdiff_t>(l.count++);
  std::rotate(begin + static_cast<ptrdiff_t>(at), from, from + 1);
  for (Done& done : l.done) {
    if (done.place >= at) ++done.place;
  }
  Stored& store = l.stores[at];
  store.id = ++time_;
  store.released.Clear();
  return store;
}

size_t MemoryModel::FirstPlace(const Location& l, GoroutineIndex goroutine,
                               bool is_seq_cst) const {
  const VectorClock& clock = races_.ClockOf(goroutine);
  const FenceDone* fence = LastFenceBefore(clock);
  size_t first = 0;
  for (const Done& b : l.done) {
    if (b.place <= first) continue;
    auto is_before = [&b](const VectorClock& c) {
      return b.clock <= c.Get(b.goroutine);
    };
    bool in_front_of_b_is_taken = is_before(clock);
    if (is_seq_cst) {
      in_front_of_b_is_taken |=
          b.is_seq_cst ||
          (!fences_.empty() && is_before(fences_.back().before));
    }
    if (fence != nullptr) {
      in_front_of_b_is_taken |=
          is_before(fence->before) || (b.is_seq_cst && b.time < fence->time);
    }
    if (in_front_of_b_is_taken) first = b.place;
  }
  return first;
}

size_t MemoryModel::FirstVisible(const Location& l, const Missed& missed,
                                 size_t first) const {
  if (missed.times < max_old_reads_) return first;
  for (size_t place = first + 1; place < l.count; ++place) {
    if (l.stores[place].id == missed.store) return place;
  }
  return first;
}

const MemoryModel::FenceDone* MemoryModel::LastFenceBefore(
    const VectorClock& clock) const {
  for (size_t i = fences_.size(); i-- > 0;) {
    if (fences_[i].clock <= clock.Get(fences_[i].goroutine)) {
      return &fences_[i];
    }
  }
  return nullptr;
}

MemoryModel::Missed& MemoryModel::MissedBy(Location& l,
                                           const AtomicAccess& access) {
  for (Missed& missed : l.missed) {
    if (missed.goroutine == access.goroutine && missed.pc == access.pc) {
      return missed;
    }
  }
  l.missed.push_back({access.goroutine, access.pc, 0, 0});
  return l.missed.back();
}

void MemoryModel::Note(bool is_seq_cst, size_t place) {
  GoroutineIndex g = access_.goroutine;
  // An earlier one at the same place rules out as much.
  for (const Done& done : location_->done) {
    if (done.goroutine == g && done.place == place &&
        (done.is_seq_cst || !is_seq_cst)) {
      return;
    }
  }
  uint32_t clock = races_.ClockOf(g).Get(g);
  location_->done.push_back({g, clock, is_seq_cst, ++time_, place});
}

}  // namespace rt::explorer
