// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// RaceDetector: two accesses to one byte, at least one a write, not both
// atomic, that nothing orders.
//
// "Orders" is the happens-before of C++ and of the runtime's primitives:
// program order, creation of a goroutine, what a primitive announces, and the
// acquire and release orders that an atomic access names. It is exact for the
// execution at hand: no race is missed for lack of memory, none is invented.
// Epochs instead of whole clocks per access are FastTrack's (Flanagan and
// Freund, PLDI 2009); of each byte we keep every access that a later one can
// still race with, so that both sides of a race can be named.
//
// Giving memory back is a write to all of it, and no access to it may follow;
// a race with that is reported like any other, and called by its name by the
// caller (AccessRecord::is_free). Memory that is handed out again starts
// without a history: Forget. Bytes that nobody may ever touch are as if they
// had been given back: Forbid.

#ifndef RUNTIME_EXPLORER_RACE_DETECTOR_H_
#define RUNTIME_EXPLORER_RACE_DETECTOR_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/explorer/epoch_map.h"
#include "runtime/explorer/strategy.h"
#include "runtime/explorer/vector_clock.h"

namespace rt::explorer {

enum class MemoryOrder : uint8_t { kRelaxed, kAcquire, kRelease, kAcqRel };

inline bool Acquires(MemoryOrder order) {
  return order == MemoryOrder::kAcquire || order == MemoryOrder::kAcqRel;
}
inline bool Releases(MemoryOrder order) {
  return order == MemoryOrder::kRelease || order == MemoryOrder::kAcqRel;
}

struct Access {
  const void* address = nullptr;
  size_t size = 0;
  bool is_write = false;
  bool is_atomic = false;
  const void* pc = nullptr;  // Return address of the compiler's call.
  bool is_free = false;
  bool is_destroy = false;  // Of an object, whose memory may be used again.
};

// One side of a race.
struct AccessRecord {
  GoroutineIndex goroutine = 0;
  bool is_write = false;
  bool is_atomic = false;
  bool is_free = false;       // The memory was given back, or
  bool is_forbidden = false;  // never was anybody's.
  bool is_destroy = false;    // The object was destroyed.
  const void* pc = nullptr;
  uint64_t sequence = 0;  // The access's number in this execution, from 1,
                          // without mere repeats.
};

struct Race {
  AccessRecord earlier;
  AccessRecord later;
  const void* address = nullptr;
};

class RaceDetector {
 public:
  // Forgets everything; goroutine 0 exists.
  void BeginExecution();

  void OnSpawn(GoroutineIndex parent, GoroutineIndex child);

  // Records the access. True if it races with an earlier one; then *race says
  // with which.
  bool OnAccess(GoroutineIndex goroutine, const Access& access, Race* race);

  // The same for a plain access, as most are, in short: false if it takes
  // OnAccess to tell, and nothing is recorded. One that repeats what the
  // goroutine did last in that word, and has released nothing since, tells
  // nothing new and gets no number; any other one, unless `only_repeats`.
  bool OnSimpleAccess(GoroutineIndex goroutine, const Access& access,
                      bool only_repeats);

  // Edges. A primitive's Acquire sees all Releases of the same address.
  void Acquire(GoroutineIndex goroutine, const void* sync);
  void Release(GoroutineIndex goroutine, const void* sync);

  // Each of the two sees what the other did before.
  void Rendezvous(GoroutineIndex a, GoroutineIndex b);

  // Edges of std::atomic, by the order that the code names. `sync` is what an
  // acquire learns from the store that is read, or from the new one.
  void AtomicLoad(GoroutineIndex goroutine, const VectorClock& sync,
                  MemoryOrder order);
  void AtomicStore(GoroutineIndex goroutine, VectorClock& sync,
                   MemoryOrder order);
  void AtomicRmw(GoroutineIndex goroutine, VectorClock& sync,
                 MemoryOrder order);
  void Fence(GoroutineIndex goroutine, MemoryOrder order);

  // What an acquire of this address learns; emptied if it is new.
  VectorClock& SyncClock(const void* sync);

  // What happens before the goroutine's next operation.
  const VectorClock& ClockOf(GoroutineIndex goroutine) const {
    return goroutines_[goroutine].clock;
  }

  // The bytes begin a new life.
  void Forget(const void* address, size_t size);
  // Nobody may touch them, until they are forgotten. They have no history.
  void Forbid(uintptr_t begin, uintptr_t end);

  uint64_t accesses() const { return sequence_; }

 private:
  static constexpr uint32_t kNone = ~uint32_t{0};

  // An access, for the bytes of `mask` in one aligned word of eight.
  struct Record {
    uint32_t next;  // Of the same word; an index of records_.
    uint32_t clock;
    GoroutineIndex goroutine;
    uint8_t mask;
    bool is_write;
    bool is_atomic;
    bool is_free;
    bool is_destroy;
    bool is_forbidden;  // And is_free.
    uint64_t sequence;
    const void* pc;
  };

  struct Goroutine {
    VectorClock clock;
    VectorClock unacquired;     // Seen by relaxed loads; for a later fence.
    VectorClock release_fence;  // As of the last one; empty if none.
  };

  // OnAccess for the bytes of one word. `race` may be null.
  bool OnWord(Goroutine& self, GoroutineIndex goroutine, uintptr_t word,
              uint8_t mask, const Access& access, Race* race);
  Goroutine& At(GoroutineIndex goroutine) {
    if (goroutine >= goroutines_.size()) goroutines_.resize(goroutine + 1);
    return goroutines_[goroutine];
  }
  // Puts a copy of the record into records_.
  uint32_t Store(const Record& record);
  // Takes the record with this index, and its link, out of a word's list.
  void Remove(uint32_t* link);
  static void Tick(Goroutine& g, GoroutineIndex index);

  std::vector<Goroutine> goroutines_;
  // By address / 8: the last access, which links the others that matter. The
  // mask is 0 if there is none.
  EpochMap<Record> words_{10};
  std::vector<Record> records_;
  uint32_t free_records_ = kNone;  // A list through `next`.
  EpochMap<VectorClock> sync_{6};
  uint64_t sequence_ = 0;
};

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_RACE_DETECTOR_H_
