// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// MemoryModel: which store of a std::atomic a load may return.
//
// For Options::weak_memory; without it that is always the last one.
//
// Each location has its stores, in modification order. An operation takes a
// place in it: a load returns the store there, a store or read-modify-write
// goes directly behind it. Which of the places that C++20 allows it is, is a
// choice of the search; the first choice is the end, so the first executions
// are sequentially consistent. A place p is allowed unless it is in front of
// the place of some operation b, done before, such that
//
//   M1  b happens before the operation (coherence; [intro.races]); or, for the
//       total order S of seq_cst operations ([atomics.order]),
//   M2  both are seq_cst; or the operation is, and b happens before a seq_cst
//       fence; or a seq_cst fence f happens before the operation, and b is
//       seq_cst and before f, or happens before f or a seq_cst fence before f;
//
// and nothing goes between a read-modify-write and what it has read. Who
// acquires learns what was released with the store that is read, or with the
// head of its release sequence, which read-modify-writes continue and other
// stores, since C++20, do not.
//
// That loads choose is from Norris and Demsky ("CDSChecker: checking concurrent
// data structures written with C/C++ atomics", OOPSLA 2013); M2 follows P0668
// ("Revising the C++ memory model").
//
// Every store becomes visible: what a goroutine reads at one line comes before
// the same later store at most Options::max_fruitless_reads times in a row; the
// next time it reads that store or a later one. So loops end.
//
// Not covered, for what is read was stored before, and S is the order of
// execution:
//
//   * values out of the future: load buffering, where each of two relaxed loads
//     returns what the other goroutine stores after its own;
//   * an S that contradicts happens-before, as C++20 allows where seq_cst
//     operations meet weaker ones at the same location;
//   * a compare_exchange_weak that fails for no reason.
//
// Memory itself always holds the last store. If it holds another value, it was
// written by something else than an atomic operation, and the history begins
// anew. (If that wrote the same value, everything before it happens before all
// that comes, or there is a data race.)
//
// Threads: none of its own; the explorer runs on one kernel thread.

#ifndef RUNTIME_EXPLORER_MEMORY_MODEL_H_
#define RUNTIME_EXPLORER_MEMORY_MODEL_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "runtime/explorer/epoch_map.h"
#include "runtime/explorer/race_detector.h"
#include "runtime/explorer/strategy.h"
#include "runtime/explorer/vector_clock.h"

namespace rt::explorer {

// The bytes of an atomic, as a number.
__extension__ typedef unsigned __int128 AtomicValue;

// What is done to an atomic, and by whom.
struct AtomicAccess {
  enum class Use : uint8_t { kLoad, kStore, kUpdate, kCompareExchange };

  Use use = Use::kLoad;
  GoroutineIndex goroutine = 0;
  const void* address = nullptr;
  size_t size = 0;
  AtomicValue memory = 0;    // What it holds.
  AtomicValue expected = 0;  // By a kCompareExchange.
  bool is_seq_cst = false;
  bool fails_seq_cst = false;  // If it is one that fails.
  const void* pc = nullptr;    // In the program.
  size_t step = 0;             // Of the recording, if there is one.
};

class MemoryModel {
 public:
  struct Place {
    AtomicValue value = 0;  // Of the store there.
    bool is_last = true;
    size_t replaced_in = 0;  // If not: the step of the next store.
  };

  explicit MemoryModel(RaceDetector& races) : races_(races) {}

  // Forgets everything.
  void BeginExecution(int max_old_reads);

  // Where the access takes place. `choose(n)`, for n >= 2, is a number in
  // [0, n). Followed by Read, if it is a load or a compare-exchange that fails,
  // and by Write otherwise.
  void Pick(const AtomicAccess& access,
            absl::FunctionRef<uint64_t(uint64_t n)> choose);
  // Until the next Pick.
  const Place& picked() const { return picked_; }
  void Read(MemoryOrder order);
  // True if this is now the last store, for memory to hold.
  bool Write(MemoryOrder order, AtomicValue value);

  // A seq_cst fence.
  void Fence(GoroutineIndex goroutine);

  // The bytes begin a new life.
  void Forget(const void* address, size_t size);

 private:
  struct Stored {
    uint64_t id = 0;  // Among all stores of the execution.
    AtomicValue value = 0;
    bool is_update = false;  // Of the store in front.
    size_t step = 0;
    VectorClock released;  // What an acquire learns.
  };
  // An operation that was done.
  struct Done {
    GoroutineIndex goroutine;
    uint32_t clock;
    bool is_seq_cst;
    uint64_t time;
    size_t place;
  };
  // The store that somebody came before, the last time at one line, and how
  // often in a row.
  struct Missed {
    GoroutineIndex goroutine;
    const void* pc;
    uint64_t store;
    int times;
  };
  struct Location {
    size_t size = 0;  // Of the atomic; 0 if there is none any more.
    std::vector<Stored> stores;
    size_t count = 0;  // Stores that are meant; the others keep memory warm.
    std::vector<Done> done;
    std::vector<Missed> missed;
  };
  struct FenceDone {
    GoroutineIndex goroutine;
    uint32_t clock;
    uint64_t time;
    VectorClock before;  // All that happens before it or an earlier one.
  };

  Location& LocationOf(const AtomicAccess& access);
  // A new store, behind `place`; its clock is empty.
  Stored& Insert(Location& location, size_t place);
  // The first place that M1 and M2 allow.
  size_t FirstPlace(const Location& location, GoroutineIndex goroutine,
                    bool is_seq_cst) const;
  // The first one behind which is no store that was missed too often.
  size_t FirstVisible(const Location& location, const Missed& missed,
                      size_t first) const;
  const FenceDone* LastFenceBefore(const VectorClock& clock) const;
  static Missed& MissedBy(Location& location, const AtomicAccess& access);
  // The access was done, at that place.
  void Note(bool is_seq_cst, size_t place);

  RaceDetector& races_;
  int max_old_reads_ = 0;
  EpochMap<uint32_t> by_address_{4};
  std::vector<Location> locations_;  // Those in use first.
  size_t location_count_ = 0;
  std::vector<FenceDone> fences_;  // In their order in S.
  uint64_t time_ = 0;              // Operations so far.

  // The access picked last.
  AtomicAccess access_;
  Location* location_ = nullptr;
  size_t place_ = 0;
  Place picked_;
  std::vector<size_t> places_;  // Scratch.
};

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_MEMORY_MODEL_H_
