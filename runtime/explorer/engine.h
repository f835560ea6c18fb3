// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Engine: one execution of a test body under a strategy, on one kernel thread.
//
// The engine owns the goroutines and their stacks, the virtual clock and the
// race detector, and it is the host of the primitives (host.cc). An execution
// runs goroutine after goroutine, each from one operation to the next:
//
//   E1  A goroutine stops before each operation (OpBegin) and tells what it is
//       about to do. Whoever the strategy picks does its operation and runs on
//       to its next one.
//   E2  A goroutine that has no operation ahead (it was just created, or woken)
//       first runs to one. That is no choice: until then nothing that it does
//       can be observed without a data race.
//   E3  The clock stands still while anybody can run. When nobody can, it jumps
//       to the time at which the next sleeper wakes.
//       Those who do nothing but yield, or spin (E5), do not hold it up.
//   E4  Nothing in an execution depends on the real clock, on addresses, or on
//       what earlier executions did.
//       A timer whose time has come is a goroutine that is about to make its
//       call: others who wake at the same time may be faster, or stop it.
//   E5  A goroutine that only repeats reads with the same results is passed
//       over until somebody writes what it reads; one that is never chosen is
//       chosen after some steps. So polling loops end.
//
// The first failure ends the execution: all goroutines are abandoned where
// they are, and their stacks are used again.
//
// Threads: one. Every callback of the compiler looks at `mode` first, so code
// that runs outside an execution is not tracked.

#ifndef RUNTIME_EXPLORER_ENGINE_H_
#define RUNTIME_EXPLORER_ENGINE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "runtime/explorer/execution.h"
#include "runtime/explorer/given_names.h"
#include "runtime/explorer/goroutine.h"
#include "runtime/explorer/heap_check.h"
#include "runtime/explorer/memory_model.h"
#include "runtime/explorer/mode.h"
#include "runtime/explorer/operation.h"
#include "runtime/explorer/race_detector.h"
#include "runtime/explorer/schedule.h"
#include "runtime/explorer/shared_words.h"
#include "runtime/explorer/strategy.h"
#include "runtime/explorer/verdict.h"
#include "runtime/internal/context_switch.h"
#include "runtime/internal/g.h"
#include "runtime/internal/timer.h"

namespace rt::explorer {

class Engine {
 public:
  // Plain accesses without an operation after which another goroutine gets a
  // turn.
  static constexpr uint64_t kStepAccesses = 1 << 20;
  static constexpr size_t kStackBytes = 256 << 10;
  // From stack to stack: a power of two, so that whose an address is takes no
  // division.
  static constexpr size_t kStackStride = 2 * kStackBytes;

  // There is one; made at the first use.
  static Engine& Get();
  // The one that runs an execution now; null otherwise.
  static Engine* Active() { return active_; }

  // Before the first execution of another body. `outer_frame`: of whoever wants
  // it explored.
  void BeginExploration(const void* outer_frame) {
    shared_.Clear();
    wishes_.clear();
    outer_frame_ = reinterpret_cast<uintptr_t>(outer_frame);
  }

  // What must happen in one execution at least, and whether it did.
  struct Wish {
    std::string what;
    bool happened;
  };
  void Wished(std::string_view what, bool happened);
  const std::vector<Wish>& wishes() const { return wishes_; }

  // Runs `body` once. True if nothing failed.
  bool Execute(absl::FunctionRef<void()> body, Strategy& strategy,
               const ExecutionOptions& options);

  // Of the last execution.
  const Failure& failure() const { return failure_; }
  // A local variable turned out to be shared, of which not all accesses were
  // tracked: the same choices must be made once more, to see its races.
  bool incomplete() const { return incomplete_; }
  // Nothing leads to some blocks any more: the same choices must be made once
  // more with ExecutionOptions::keep_allocations, to see whose they are.
  bool suspects_leak() const { return suspects_leak_; }
  const Schedule& schedule() const { return schedule_; }
  const std::vector<BlockedGoroutine>& blocked() const { return blocked_; }
  size_t goroutine_count() const { return count_; }
  const Goroutine& goroutine(size_t i) const { return *goroutines_[i]; }
  Goroutine& goroutine(size_t i) { return *goroutines_[i]; }
  bool diverged() const { return diverged_; }
  // How often a goroutine was interrupted that could go on.
  uint64_t preemptions() const { return preemptions_; }
  // Plain accesses, about, and memory handed out, whether given back or not.
  uint64_t accesses() const { return accesses_ + step_accesses_; }
  uint64_t allocated_bytes() const { return allocated_bytes_; }

  // For host.cc, the compiler's callbacks and check.cc; from a goroutine.
  Goroutine* current() { return current_; }
  RaceDetector& races() { return races_; }
  // Null if every load returns the last store.
  MemoryModel* memory_model() {
    return options_.weak_memory ? &memory_model_ : nullptr;
  }
  int64_t now_ns() const { return now_ns_; }
  // Visits every goroutine that has not ended, in the order of creation.
  template <typename Visit>
  void ForEachLive(Visit visit) const {
    for (size_t i = 0; i < count_; ++i) {
      if (goroutines_[i]->state != GoroutineState::kDead) {
        visit(*goroutines_[i]);
      }
    }
  }
  size_t live_count() const { return live_; }
  uint64_t progress() const { return progress_; }

  // `frame`: the caller's; below it the goroutine's stack is ours.
  void OpBegin(OpKind kind, const void* object,
               internal::host::OpEnabled enabled, const void* arg,
               const void* frame);
  void OpBegin(OpKind kind, internal::host::ObjectList objects,
               internal::host::OpEnabled enabled, const void* arg,
               const void* frame);
  void OpEnd();
  void Park(internal::WaitReason reason, const void* object,
            internal::host::ParkCommit commit, void* arg);
  void Ready(Goroutine* g);
  Goroutine& Spawn(absl::AnyInvocable<void() &&>&& task,
                   const void* created_by_pc);
  void Sleep(int64_t ns);
  void StartTimer(internal::Timer* timer, int64_t when_ns, int64_t period_ns);
  bool StopTimer(internal::Timer* timer);
  uint64_t ChooseValue(uint64_t n);
  // Whether a wait that may end for no reason does so: a choice.
  bool WakesSpuriously();
  void PlainAccess(const void* address, size_t size, bool is_write,
                   const void* pc) {
    explorer::Access access{address, size, is_write, /*is_atomic=*/false, pc};
    if (!IsPrivate(address, size) && !IsSimple(access)) {
      Access(access);
    } else if (++step_accesses_ >= preempt_at_) {
      GiveTurn();
    }
  }
  void Access(const explorer::Access& access);
  void NoteAcquire(Goroutine* g, const void* sync);
  bool IsHeld(const void* lock) const;
  // The running goroutine has given that lock back.
  void NotHeld(const void* lock);
  void NoteRead(const void* pc, const void* address, const void* object,
                uint64_t value);
  void NoteWrite(const void* object);
  // For the memory model (engine_atomic.cc): a seq_cst access and fence; what
  // an access finds; that it was an old store.
  void OrderedOpBegin(OpKind kind, const void* object, const void* frame);
  void OrderedFence(const void* frame);
  AtomicValue PickPlace(AtomicAccess& access);
  void NoteOldRead();
  void OnlyLooked(const void* pc);
  // Memory of the code under test (heap_check.h): handed out, and given back.
  HeapBlocks& heap() { return heap_; }
  void OnAllocate(void* block, size_t size);
  void OnFree(void* block, const void* pc);
  // Given back by the explorer.
  void OnOwnFree(void* block);
  // The bytes that whoever has the block may use; the execution ends if it is
  // no block.
  size_t BlockBytes(void* block);

  // For reports. Of objects, they are kept while recording.
  void NameGoroutine(std::string_view name);
  void NameObject(const void* object, std::string_view name);
  // The running goroutine's function returns. Its frame reaches from there to
  // the two words at its pointer.
  void ForgetFrame(uintptr_t from, uintptr_t frame_pointer);
  const GivenNames& given_names() const { return given_names_; }
  // Whose stack it lies on; null if on none.
  const Goroutine* StackOwner(const void* address) const;
  bool MayRead(uintptr_t address, size_t size) const;

  // Ends the execution if the running goroutine is inside of Blocking, where it
  // must neither wait nor yield.
  void MayWait(std::string_view wait);
  // Records a failure of the running goroutine; the first one counts. The
  // execution ends at the goroutine's next operation, or with Abandon.
  void Fail(Verdict verdict, std::string text);
  void FailExpectation(std::string text, std::string file, int line);
  // Leaves the execution at once. Also from a signal handler.
  [[noreturn]] void Abandon();
  // Whether an access to `address` overflows the running goroutine's stack.
  bool InStackGuard(const void* address) const;
  // Whether somebody was passed over in the last execution because he only
  // looked again (E5).
  bool passed_over() const { return passed_over_; }
  bool failed() const { return failure_.verdict != Verdict::kPassed; }

 private:
  Engine();

  static const internal::Context* Entry(void* goroutine);
  [[noreturn]] void Run(Goroutine& g);
  [[noreturn]] void RunTimer(Goroutine& g);

  Goroutine& NewGoroutine();
  void BeginOperation(const Operation& op, internal::host::OpEnabled enabled,
                      const void* arg, const void* frame);
  // What g's pending operation touches, those included whom it may complete.
  Operation Effect(Goroutine& g);
  bool RepeatsRead(const void* pc, const void* address, const void* object,
                   uint64_t value);
  void CountFruitlessRead();
  static bool LeavesLoop(const Goroutine& g, const Operation& op);
  void StopSpinning(Goroutine& g);
  // Goes on with whoever runs next; returns when the caller does.
  void Reschedule();
  Goroutine* PickNext();
  // Where the strategy repeats an earlier execution; null if it has to choose.
  Goroutine* PickRepeated();
  // Counts a step, which g is to take.
  void Pick(Goroutine& g);
  bool CollectRunnable();
  bool AdvanceClock();
  void ArmTimer(Goroutine& g, int64_t when_ns);
  void TimerIsDue(Goroutine& g);
  void SwitchTo(Goroutine* g);
  void BeginStep() {
    accesses_ += step_accesses_;
    step_accesses_ = 0;
    preempt_at_ = kStepAccesses;
  }
  bool ProgramIsOver() const;
  // All wait for ever, or are done.
  void Quiesce();
  bool LockCycle() const;
  // Whether `address` lies on the stack of a goroutine that does not run.
  bool InForeignStack(const void* address) const {
    auto offset = reinterpret_cast<uintptr_t>(address) - stacks_lo_;
    return offset < stacks_bytes_ && offset / kStackStride != current_->index;
  }
  // Whether it does, and the owner is no more inside of the function whose
  // frame it is in, or no other goroutine has been there yet.
  bool IsFirstFromOutside(const void* address, size_t size) const {
    if (!InForeignStack(address)) return false;
    auto at = reinterpret_cast<uintptr_t>(address);
    return IsInDeadFrame(at) || !shared_.Has(at - stacks_lo_, size);
  }
  // A goroutine that does not run has the live frames of its own code above the
  // point where it entered ours; what lies below belonged to functions that
  // have returned.
  bool IsInDeadFrame(uintptr_t address) const {
    size_t index = (address - stacks_lo_) / kStackStride;
    if (index >= count_) return true;
    const Goroutine& owner = *goroutines_[index];
    return owner.state == GoroutineState::kDead || address < owner.left_at;
  }
  // Whether it is on the running goroutine's own stack, and nobody else's.
  bool IsPrivate(const void* address, size_t size) const {
    auto at = reinterpret_cast<uintptr_t>(address);
    return at - own_stack_ < kStackStride &&
           !shared_.Has(at - stacks_lo_, size);
  }
  // Whether the access needs no more than to be noted; then it is.
  bool IsSimple(const explorer::Access& access) {
    if (IsFirstFromOutside(access.address, access.size)) return false;
    EngineScope scope;
    return races_.OnSimpleAccess(
        current_->index, access,
        /*only_repeats=*/options_.recording != nullptr);
  }
  // After so many plain accesses in one step.
  void GiveTurn();
  // The accesses to such memory that nobody may do.
  void CheckForeignStack(const explorer::Access& access);
  void ReserveStacks();
  void* StackOf(size_t index);
  void FreeQuarantine();
  void FailAtBlock(const HeapBlock& block, std::string text);
  void CheckLeaks();
  void RecordStep(Recording::Kind kind, GoroutineIndex child);
  void RecordPlace(Goroutine& g);

  static constinit Engine* active_;

  ExecutionOptions options_;
  Strategy* strategy_ = nullptr;

  // By index; [0, count_) exist in this execution. Never freed, so that the
  // k-th goroutine of every execution has the same stack.
  std::vector<std::unique_ptr<Goroutine>> goroutines_;
  // The first stacks lie side by side, so that an address tells whose it is.
  uintptr_t stacks_lo_ = 0;
  size_t stacks_bytes_ = 0;
  uintptr_t own_stack_ = 0;  // The running goroutine's, if it is one of those.
  SharedWords shared_;       // Of those stacks.
  bool incomplete_ = false;
  bool suspects_leak_ = false;
  uintptr_t outer_frame_ = 0;
  std::vector<Wish> wishes_;
  std::vector<void*> stacks_;  // By index; each above its guard.
  HeapBlocks heap_;
  GivenNames given_names_;
  std::vector<void*> quarantine_;  // Those given back.
  size_t quarantine_bytes_ = 0;
  size_t count_ = 0;
  size_t live_ = 0;

  internal::Context scheduler_;
  Goroutine* current_ = nullptr;
  // The last one that the strategy picked. Those that ran to their first
  // operation after it (E2) have not taken the processor from it.
  const Goroutine* chosen_ = nullptr;
  std::vector<Goroutine*> ready_;  // First in, first out, from ready_head_.
  size_t ready_head_ = 0;
  std::vector<Goroutine*> waiting_selects_;
  size_t sleeping_ = 0;
  size_t readers_ = 0;  // Goroutines that have reads noted.
  uint64_t spurious_wakeups_ = 0;
  SchedulePoint point_;
  std::vector<Choice> runnable_;  // Behind point_; with room for everybody.
  std::vector<Choice> held_up_;   // Likewise.
  int64_t now_ns_ = 0;
  uint64_t steps_ = 0;
  uint64_t preemptions_ = 0;
  uint64_t accesses_ = 0;  // But for those of the step at hand.
  uint64_t allocated_bytes_ = 0;
  uint64_t step_accesses_ = 0;  // Since the running goroutine's last operation,
  uint64_t preempt_at_ = kStepAccesses;  // and where others get a turn.
  uint64_t progress_ = 0;                // Of all executions; for the watchdog.

  RaceDetector races_;
  MemoryModel memory_model_{races_};
  Schedule schedule_;
  Failure failure_;
  std::vector<BlockedGoroutine> blocked_;
  bool passed_over_ = false;
  bool main_exited_ = false;  // The main goroutine called Goexit.
  bool diverged_ = false;
};

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_ENGINE_H_
