// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/pool_core.h"

#include <utility>

#include "runtime/internal/host.h"

namespace rt::internal {
namespace {

using host::Op;
using host::OpKind;

static_assert(host::kMaxPins == 1024);  // As many as there are in kGroups.

// A round ends by itself after this time; Go's longest between two collections
// is two minutes, its shortest a few milliseconds.
constexpr int64_t kRoundNs = 1'000'000'000;
// Calls past the slot after which somebody looks at the clock.
constexpr uint32_t kCallsPerLook = 64;

// For the explorer: who gets an object sees what was done before it was put. No
// address of anything; those end below.
const void* Edge(void* object) {
  return reinterpret_cast<const void*>(reinterpret_cast<uintptr_t>(object) |
                                       uint64_t{1} << 63);
}

}  // namespace

void PoolCore::Objects::AddRoom(Block* block) {
  block->before = last_;
  block->after = nullptr;
  block->begin = block->end = 0;
  (last_ == nullptr ? first_ : last_->after) = block;
  last_ = block;
}

void PoolCore::Objects::Push(void* object) {
  last_->objects[last_->end++] = object;
  ++size_;
}

PoolCore::Block* PoolCore::Objects::CutIfEmpty(Block* block) {
  --size_;
  if (block->begin < block->end) return nullptr;
  (block == first_ ? first_ : block->before->after) = block->after;
  (block == last_ ? last_ : block->after->before) = block->before;
  return block;
}

PoolCore::Objects::Taken PoolCore::Objects::TakeLast() {
  Block* block = last_;
  void* object = block->objects[--block->end];
  return {object, CutIfEmpty(block)};
}

PoolCore::Objects::Taken PoolCore::Objects::TakeFirst() {
  Block* block = first_;
  void* object = block->objects[block->begin++];
  return {object, CutIfEmpty(block)};
}

PoolCore::Objects::Taken PoolCore::Objects::TakeAt(size_t i) {
  Block* block = first_;
  for (; block->begin + i >= static_cast<size_t>(block->end);
       block = block->after) {
    i -= static_cast<size_t>(block->end - block->begin);
  }
  std::swap(block->objects[block->begin + i], last_->objects[last_->end - 1]);
  return TakeLast();
}

void PoolCore::Objects::MoveTo(Objects* other) {
  if (first_ == nullptr) return;
  first_->before = other->last_;
  (other->last_ == nullptr ? other->first_ : other->last_->after) = first_;
  other->last_ = last_;
  other->size_ += size_;
  *this = Objects();
}

PoolCore::Local* PoolCore::Make(int p) {
  if (Local* local = At(p)) return local;
  int group = GroupOf(p);
  auto* fresh = new Local[static_cast<size_t>(SizeOf(group))];
  Local* expected = nullptr;
  if (!groups_[group].compare_exchange_strong(expected, fresh,
                                              std::memory_order_acq_rel)) {
    delete[] fresh;
  }
  return At(p);
}

template <typename F>
void PoolCore::ForEach(F f) {
  for (int group = 0; group < kGroups; ++group) {
    Local* locals = groups_[group].load(std::memory_order_acquire);
    if (locals == nullptr) continue;
    for (int i = 0; i < SizeOf(group); ++i) f(locals[i]);
  }
}

PoolCore::~PoolCore() {
  ForEach([&](Local& local) {
    Objects gone;
    Block* spare;
    {
      RawLock lock(local.mu);
      local.current.MoveTo(&gone);
      local.victims.MoveTo(&gone);
      spare = local.spare;
    }
    while (spare != nullptr) delete std::exchange(spare, spare->after);
    if (local.slot != nullptr) Destroy(local.slot);
    Destroy(&gone);
  });
  for (std::atomic<Local*>& group : groups_) {
    delete[] group.load(std::memory_order_relaxed);
  }
}

void PoolCore::Destroy(void* object) {
  host::Acquire(Edge(object));
  destroy_(object);
}

void PoolCore::Destroy(Objects* gone) {
  while (!gone->empty()) {
    Objects::Taken taken = gone->TakeLast();
    delete taken.empty;
    Destroy(taken.object);
  }
}

// What was taken from `local`; its block is for later.
void* PoolCore::Keep(Local& local, Objects::Taken taken) {
  if (taken.empty != nullptr) {
    taken.empty->after = std::exchange(local.spare, taken.empty);
  }
  local.size.store(local.current.size() + local.victims.size(),
                   std::memory_order_relaxed);
  return taken.object;
}

void* PoolCore::Take() {
  if constexpr (host::kExplored) return TakeAny();
  int p = host::Pin();
  Local* local = p >= 0 ? At(p) : nullptr;
  void* too_old = nullptr;
  if (local != nullptr && local->slot != nullptr) [[likely]] {
    void* object = std::exchange(local->slot, nullptr);
    if (local->slot_round + 1 >= round_.load(std::memory_order_relaxed))
        [[likely]] {
      host::Unpin();
      return object;
    }
    too_old = object;
  }
  host::Unpin();
  return TakeSlow(p, too_old);
}

// From a queue: the own one, then others', then all the victims.
void* PoolCore::TakeSlow(int p, void* too_old) {
  if (too_old != nullptr) destroy_(too_old);
  CountSlow();
  uint64_t round = round_.load(std::memory_order_relaxed);
  Objects gone;
  void* object = nullptr;
  auto take = [&](Local& local, Objects Local::*which, bool own) {
    if (object != nullptr) return;
    if (local.size.load(std::memory_order_relaxed) == 0) return;
    RawLock lock(local.mu);
    Age(local, round, &gone);
    Objects& objects = local.*which;
    if (objects.empty()) return;
    object = Keep(local, own ? objects.TakeLast() : objects.TakeFirst());
  };
  for (Objects Local::*which : {&Local::current, &Local::victims}) {
    if (Local* own = p >= 0 ? At(p) : nullptr) take(*own, which, true);
    ForEach([&](Local& local) { take(local, which, false); });
  }
  Destroy(&gone);
  return object;
}

// The explorer's: any, or none.
void* PoolCore::TakeAny() {
  Op op(OpKind::kPoolGet, this);
  Local* local = Make(0);
  RawLock lock(local->mu);
  size_t current = local->current.size();
  size_t all = current + local->victims.size();
  size_t i = host::RandomBelow(all + 1);
  if (i == all) return nullptr;
  void* object = Keep(*local, i < current ? local->current.TakeAt(i)
                                          : local->victims.TakeAt(i - current));
  host::Acquire(Edge(object));
  return object;
}

// True if there was room in the slot.
inline bool PoolCore::GiveNear(void* object) {
  int p = host::Pin();
  Local* local = p >= 0 ? At(p) : nullptr;
  bool room = local != nullptr && local->slot == nullptr;
  if (room) {
    local->slot = object;
    local->slot_round = round_.load(std::memory_order_relaxed);
  }
  host::Unpin();
  return room;
}

void PoolCore::Give(void* object) {
  if (!host::kExplored && GiveNear(object)) return;
  GiveSlow(object);
}

void PoolCore::GiveSlow(void* object) {
  int p = host::Pin();
  host::Unpin();
  {
    Op op(OpKind::kPoolPut, this);
    host::Release(Edge(object));
    if (p >= 0 && At(p) == nullptr) {
      Make(p);
      if (!host::kExplored && GiveNear(object)) return;
    }
    GiveToQueue(*Make(p >= 0 ? p : 0), object);
  }
  CountSlow();
}

void PoolCore::GiveToQueue(Local& local, void* object) {
  Objects gone;  // Never any in the explorer: its EndRound looks everywhere.
  Block* fresh = nullptr;
  for (bool done = false; !done;) {
    {
      RawLock lock(local.mu);
      Age(local, round_.load(std::memory_order_relaxed), &gone);
      if (fresh != nullptr) {
        fresh->after = std::exchange(local.spare, fresh);
      }
      if (!local.current.HasRoom() && local.spare != nullptr) {
        Block* room = std::exchange(local.spare, local.spare->after);
        local.current.AddRoom(room);
      }
      done = local.current.HasRoom();
      if (done) {
        local.current.Push(object);
        local.size.store(local.current.size() + local.victims.size(),
                         std::memory_order_relaxed);
      }
    }
    if (!done) fresh = new Block;
  }
  Destroy(&gone);
}

// Ends the round if it is time to.
void PoolCore::CountSlow() {
  uint32_t calls = slow_calls_.load(std::memory_order_relaxed) + 1;
  slow_calls_.store(calls, std::memory_order_relaxed);  // May lose some.
  if (calls % kCallsPerLook != 0) return;
  int64_t now_ns = host::NowNs();
  int64_t began_ns = round_began_ns_.load(std::memory_order_relaxed);
  if (now_ns - began_ns < kRoundNs) return;
  // One of those that come here at once. The first time, nothing is known of
  // when the objects were put.
  if (round_began_ns_.compare_exchange_strong(began_ns, now_ns,
                                              std::memory_order_relaxed) &&
      began_ns != kNever) {
    EndRound();
  }
}

// Brings a queue up to `round`.
void PoolCore::Age(Local& local, uint64_t round, Objects* gone) {
  // A caller that read the round before another may come after it.
  if (local.round >= round) return;
  local.victims.MoveTo(gone);
  local.current.MoveTo(local.round + 1 == round ? &local.victims : gone);
  local.round = round;
  local.size.store(local.victims.size(), std::memory_order_relaxed);
}

void PoolCore::EndRound() {
  Objects gone;
  void* too_old = nullptr;
  {
    Op op(OpKind::kPoolPut, this);
    uint64_t round = round_.fetch_add(1, std::memory_order_relaxed) + 1;
    ForEach([&](Local& local) {
      RawLock lock(local.mu);
      Age(local, round, &gone);
    });
    int p = host::Pin();
    Local* local = p >= 0 ? At(p) : nullptr;
    if (local != nullptr && local->slot != nullptr &&
        local->slot_round + 1 < round) {
      too_old = std::exchange(local->slot, nullptr);
    }
    host::Unpin();
  }
  if (too_old != nullptr) Destroy(too_old);
  Destroy(&gone);
}

}  // namespace rt::internal
