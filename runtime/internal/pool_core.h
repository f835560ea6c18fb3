// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// PoolCore: the machine under rt::Pool: objects kept near the P's that will
// want them.
//
// Each P has one slot that only the goroutine running on it uses, pinned, with
// plain loads and stores; and a queue that it uses last in first out, and
// others first in first out when they have nothing. That is Go's sync.Pool
// (sync/pool.go), with a lock for each queue instead of a lock-free deque: the
// slot is what is fast.
//
// Rounds take the place of Go's garbage collections:
//
//   P1  An object belongs to the round in which it was put. In the round after
//       it is a victim: handed out when there is nothing else. Later it is not
//       handed out, but destroyed.
//   P2  What lies in a slot is looked at by its P only. So it is destroyed when
//       that P, or ~PoolCore, next comes across it.
//   P3  Nothing is allocated or freed under a lock or pinned. The owner of
//       malloc's lock may be a goroutine that was preempted, and would not run
//       again if everybody who has a P waited for it and could not be stopped.
//
// To the explorer all objects lie in one place, and Take may return any of
// them or nothing: which P a goroutine runs on, nobody can know.
//
// Threads: any; Take and Give also from threads without a P.

#ifndef RUNTIME_INTERNAL_POOL_CORE_H_
#define RUNTIME_INTERNAL_POOL_CORE_H_

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "runtime/internal/raw_mutex.h"

namespace rt::internal {

class PoolCore {
 public:
  explicit PoolCore(void (*destroy)(void*)) : destroy_(destroy) {}
  ~PoolCore();
  PoolCore(const PoolCore&) = delete;
  PoolCore& operator=(const PoolCore&) = delete;

  // An object that was given; null if there is none at hand.
  void* Take();

  void Give(void* object);

  // Begins the next round, and destroys what is too old for it.
  void EndRound();

 private:
  // Part of a queue, from `begin` to before `end`; the oldest first.
  struct Block {
    static constexpr int kSize = 60;
    Block* before = nullptr;
    Block* after = nullptr;
    int begin = 0;
    int end = 0;
    void* objects[kSize];
  };

  // The objects of one round in one queue; the oldest first. Allocates and
  // frees nothing: it is used under a lock (P3).
  class Objects {
   public:
    bool empty() const { return size_ == 0; }
    size_t size() const { return size_; }
    bool HasRoom() const {
      return last_ != nullptr && last_->end < Block::kSize;
    }
    void AddRoom(Block* block);
    void Push(void* object);
    // An object, and the block that is empty without it, if there is one.
    struct Taken {
      void* object;
      Block* empty;
    };
    Taken TakeLast();
    Taken TakeFirst();
    Taken TakeAt(size_t i);
    void MoveTo(Objects* other);

   private:
    Block* CutIfEmpty(Block* block);

    Block* first_ = nullptr;
    Block* last_ = nullptr;
    size_t size_ = 0;
  };

  struct alignas(64) Local {
    // Of who runs on the P.
    void* slot = nullptr;
    uint64_t slot_round = 0;

    // How many objects there are; to look without the lock.
    std::atomic<size_t> size{0};
    RawMutex mu{LockRank::kPool};
    uint64_t round ABSL_GUARDED_BY(mu) = 0;  // That `current` is of.
    Objects current ABSL_GUARDED_BY(mu);
    Objects victims ABSL_GUARDED_BY(mu);
    Block* spare ABSL_GUARDED_BY(mu) = nullptr;  // Empty ones, by `after`.
  };

  // Local's are made when they are needed, in groups: 0 to 7, then 8 to 15, 16
  // to 31, and so on.
  static constexpr int kGroups = 8;
  static int GroupOf(int p) {
    return p < 8 ? 0 : std::bit_width(static_cast<unsigned>(p)) - 3;
  }
  static int FirstOf(int group) { return group == 0 ? 0 : 4 << group; }
  static int SizeOf(int group) { return group == 0 ? 8 : 4 << group; }

  // Null if it has not been made.
  Local* At(int p) const {
    int group = GroupOf(p);
    // Acquire: pairs with the release in Make.
    Local* locals = groups_[group].load(std::memory_order_acquire);
    return locals == nullptr ? nullptr : &locals[p - FirstOf(group)];
  }
  Local* Make(int p);
  [[gnu::noinline]] void* TakeSlow(int p, void* too_old);
  void* TakeAny();
  [[gnu::always_inline]] bool GiveNear(void* object);
  [[gnu::noinline]] void GiveSlow(void* object);
  void GiveToQueue(Local& local, void* object);
  void CountSlow();
  void Age(Local& local, uint64_t round, Objects* gone)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(local.mu);
  static void* Keep(Local& local, Objects::Taken taken)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(local.mu);
  void Destroy(void* object);
  void Destroy(Objects* gone);
  template <typename F>
  void ForEach(F f);

  // Before the first round: long ago, and still no overflow.
  static constexpr int64_t kNever = -(int64_t{1} << 60);

  void (*const destroy_)(void*);
  std::atomic<uint64_t> round_{0};
  std::atomic<Local*> groups_[kGroups] = {};
  // What follows is written often; not in the same line as the above.
  alignas(64) std::atomic<uint32_t> slow_calls_{0};
  std::atomic<int64_t> round_began_ns_{kNever};
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_POOL_CORE_H_
