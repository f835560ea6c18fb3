// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Exhaustive: one interleaving of every equivalence class, depth first.
//
// Two interleavings are equivalent if swapping neighbouring independent
// operations (operation.h) leads from one to the other; equivalent ones reach
// the same states, so one of each class is enough. The search is source-set
// dynamic partial-order reduction with sleep sets (Abdulla, Aronis, Jonsson,
// Sagonas: "Source sets: a foundation for optimal dynamic partial order
// reduction", JACM 2017; first Flanagan and Godefroid, POPL 2005):
//
//   * A frame is one choice of the current path. Its `backtrack` set holds the
//     goroutines to try there, its `sleep` set those that need no trying,
//     since what they would do first was explored before and nothing since
//     depends on it.
//   * When an operation b is about to run, every earlier operation a of another
//     goroutine that is dependent with b, may be co-enabled with it, and is
//     not before b for another reason, is in a reversible race with b. The
//     frame of a must then try a goroutine that begins a run in which b comes
//     before a (UpdateBacktrack).
//   * A path on which every runnable goroutine sleeps repeats an explored
//     class. It is run to its end, so that the code under test can clean up,
//     and reported as redundant.
//
// "Before" is the transitive closure of program order, order of dependent
// operations, creation, and waking; it is kept as vector clocks. It is coarser
// than the race detector's happens-before.
//
// A WaitGroup's Add and Done commute as long as no order of them brings the
// counter below 0. That is so for a Done that has an Add of its own, one that
// is before it anyway (as WaitGroup::Go sees to); such a Done is "covered", and
// no Add is dependent with it. Without this rule every Add in a loop that
// starts goroutines would race with the Dones of those already started.
//
// A select touches all its channels, and which one it takes when several are
// ready is a choice of a number. While a select waits, whatever touches one of
// its channels may complete it, and then it waits at the others no more; so
// such an operation touches those too (the engine sees to it), and the order of
// two that could complete the same select is explored.
//
// Operations that can be disabled: an Unlock and the Lock that it enables are
// no race (MayBeCoEnabled); the Lock races with the other Lock instead, which
// is reversible. For a Wait that can be disabled for several reasons, the
// frame tries everything (AlwaysReversible). Where the clock moves since nobody
// can run, all that was is before all that comes.

#ifndef RUNTIME_EXPLORER_EXHAUSTIVE_H_
#define RUNTIME_EXPLORER_EXHAUSTIVE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/explorer/epoch_map.h"
#include "runtime/explorer/strategy.h"
#include "runtime/explorer/vector_clock.h"

namespace rt::explorer {

class Exhaustive : public Strategy {
 public:
  Exhaustive() = default;

  bool BeginExecution() override;
  GoroutineIndex Repeated() const override;
  void Repeat(const Operation& op) override;
  size_t PickNext(const SchedulePoint& point) override;
  uint64_t PickValue(uint64_t n) override;
  void EndExecution(std::span<const Choice> blocked) override;
  void OnSpawn(GoroutineIndex parent, GoroutineIndex child) override;
  void OnReady(GoroutineIndex by, GoroutineIndex woken) override;
  void OnTimeAdvance(GoroutineIndex woken) override;
  void OnCancel(const Choice& cancelled) override;
  bool redundant() const override { return redundant_; }
  bool diverged() const override { return diverged_; }

 private:
  static constexpr uint32_t kNone = ~uint32_t{0};
  using GoroutineSet = std::vector<GoroutineIndex>;  // Small; no duplicates.

  // A choice on the current path: of a goroutine, or of a number.
  struct Frame {
    bool is_value = false;
    uint64_t value = 0;  // If is_value: taken, of `values`.
    uint64_t values = 0;
    GoroutineIndex chosen = 0;
    OpKind chosen_kind = OpKind::kGosched;
    std::vector<OpKind> kinds;  // By position in `enabled`.
    GoroutineSet enabled;
    GoroutineSet backtrack;  // Contains all that were chosen so far.
    // Likewise, but the one being explored. If is_value: of the frame after it.
    GoroutineSet sleep;
  };

  // An operation of the current execution.
  struct Event {
    OpKind kind;
    GoroutineIndex goroutine;
    uint32_t clock;      // Of its goroutine: 1 for the first event, and so on.
    uint32_t frame;      // Where it was chosen.
    uint32_t first_use;  // Its objects: uses_[first_use, first_use + uses).
    uint32_t uses;
    bool covered;  // A Done that has an Add of its own,
    bool covers;   // an Add that such a Done has.
  };
  // One of the objects of an event.
  struct Use {
    const void* object;
    uint32_t event;
    uint32_t previous;  // Use of the same object before; kNone if none.
  };

  // The next unused frame, emptied.
  Frame& PushFrame();
  // Whether a frame of an earlier execution was at this point.
  static bool Fits(const Frame& frame, const SchedulePoint& point);
  // Whether the frame at this depth was explored before, in this very way.
  bool IsRepeated() const {
    return depth_ < first_new_ && !redundant_ && !diverged_;
  }
  // The goroutine to try in a new frame; kNone if all sleep.
  GoroutineIndex FirstChoice(const SchedulePoint& point,
                             const Frame& frame) const;
  // The races of `op`, which `goroutine` is about to do, with earlier events.
  void FindRaces(GoroutineIndex goroutine, const Operation& op);
  void UpdateBacktrack(uint32_t earlier, GoroutineIndex goroutine,
                       const Operation& op);
  // Finds an Add for a Done that `goroutine` is about to do.
  bool Cover(GoroutineIndex goroutine, const Operation& op);
  // Whether an earlier event and `op`, which is next, are dependent; the first
  // knows that they have an object in common.
  bool DependentHere(const Event& event, const Operation& op) const;
  bool DependentWith(const Event& event, const Operation& op) const;
  // `goroutine` does `op`, as the frame at this depth has chosen.
  void Happens(GoroutineIndex goroutine, const Operation& op);
  void AddEvent(GoroutineIndex goroutine, const Operation& op, uint32_t frame);
  uint32_t LastUse(const void* object);
  VectorClock& ClockOf(GoroutineIndex goroutine);

  // The path; frames_[0, frame_count_) are meant, the others keep memory warm.
  std::vector<Frame> frames_;
  size_t frame_count_ = 0;
  size_t first_new_ = 0;  // Frames below were there in the last execution.
  bool started_ = false;

  // The current execution.
  size_t depth_ = 0;
  bool redundant_ = false;
  bool diverged_ = false;
  GoroutineSet next_sleep_;
  std::vector<Event> events_;
  std::vector<VectorClock> event_clocks_;  // By event, then unused ones.
  std::vector<VectorClock> clocks_;        // By goroutine.
  std::vector<Use> uses_;
  EpochMap<uint32_t> last_use_{6};  // By object.

  // The operation about to be done is a Done that is covered.
  bool op_covered_ = false;

  // Scratch.
  std::vector<uint32_t> dependent_;
  std::vector<uint32_t> racing_;
  struct FirstEvent {
    GoroutineIndex goroutine;
    uint32_t clock;
  };
  std::vector<FirstEvent> firsts_;
  GoroutineSet initials_;
};

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_EXHAUSTIVE_H_
