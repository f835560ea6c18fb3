// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/explorer/engine.h"

#include <cxxabi.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <utility>

#include "runtime/internal/backtrace.h"
#include "runtime/panic.h"

namespace rt::explorer {

constinit Mode mode = Mode::kEngine;
constinit Engine* Engine::active_ = nullptr;

namespace {

constexpr size_t kStackBytes = 256 << 10;
constexpr size_t kStacksSideBySide = 4'096;
// Freed memory kept from being used again.
constexpr size_t kQuarantineBytes = 256 << 20;
// Of a larger block only the front is remembered as freed.
constexpr size_t kFreedBytes = 1 << 20;
// Steps after which a goroutine that could run must be chosen.
constexpr uint64_t kFairness = 1'000;
// Repeated reads after which a goroutine counts as spinning.
constexpr int kFruitlessReads = 2;
constexpr size_t kMaxReads = 16;
// Gosched and nothing else, so often in a row, does not hold up the clock.
constexpr int kIdleYields = 10;
// Plain accesses without an operation after which it is an endless loop.
constexpr uint64_t kHangAccesses = 20 * Engine::kStepAccesses;

// The C++ runtime keeps these two words for each kernel thread, at the front of
// __cxa_eh_globals (Itanium C++ ABI: Exception Handling, 2.2.2). A goroutine
// that stops inside a catch block must find its own again.
struct ExceptionGlobals {
  void* caught_exceptions;
  unsigned uncaught_exceptions;
};

ExceptionGlobals& CurrentExceptionGlobals() {
  static auto* globals =
      reinterpret_cast<ExceptionGlobals*>(abi::__cxa_get_globals());
  return *globals;
}

size_t PageBytes() {
  static const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return page;
}

// Address space that nothing can access yet.
char* Reserve(size_t bytes) {
  void* memory =
      mmap(nullptr, bytes, PROT_NONE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  return memory == MAP_FAILED ? nullptr : static_cast<char*>(memory);
}

[[noreturn]] void NoMemory() {
  fprintf(stderr, "explorer: no memory for another goroutine's stack\n");
  abort();
}

bool TakesLock(OpKind kind) {
  return kind == OpKind::kMutexLock || kind == OpKind::kMutexTryLock ||
         kind == OpKind::kRWMutexLock || kind == OpKind::kRWMutexRLock;
}

bool GivesLock(OpKind kind) {
  return kind == OpKind::kMutexUnlock || kind == OpKind::kRWMutexUnlock ||
         kind == OpKind::kRWMutexRUnlock;
}

// Atomic accesses tell themselves what they read and wrote.
bool IsAtomic(OpKind kind) {
  return kind == OpKind::kAtomicLoad || kind == OpKind::kAtomicStore ||
         kind == OpKind::kAtomicRmw || kind == OpKind::kAtomicFence;
}

}  // namespace

Engine& Engine::Get() {
  static Engine* engine = new Engine;
  return *engine;
}

Engine::Engine() {
  stack_stride_ = kStackBytes + PageBytes();
  char* stacks = Reserve(kStacksSideBySide * stack_stride_);
  if (stacks == nullptr) return;
  stacks_lo_ = reinterpret_cast<uintptr_t>(stacks);
  stacks_bytes_ = kStacksSideBySide * stack_stride_;
}

void* Engine::StackOf(size_t index) {
  while (stacks_.size() <= index) {
    size_t offset = stacks_.size() * stack_stride_;
    char* memory = offset < stacks_bytes_
                       ? reinterpret_cast<char*>(stacks_lo_ + offset)
                       : Reserve(stack_stride_);
    if (memory == nullptr) NoMemory();
    void* stack = memory + PageBytes();  // The page below is the guard.
    if (mprotect(stack, kStackBytes, PROT_READ | PROT_WRITE) != 0) NoMemory();
    stacks_.push_back(stack);
  }
  return stacks_[index];
}

bool Engine::Execute(absl::FunctionRef<void()> body, Strategy& strategy,
                     const ExecutionOptions& options) {
  options_ = options;
  strategy_ = &strategy;
  count_ = 0;
  live_ = 0;
  ready_.clear();
  ready_head_ = 0;
  sleeping_ = 0;
  spinning_ = 0;
  now_ns_ = 0;
  steps_ = 0;
  BeginStep();
  schedule_.clear();
  blocked_.clear();
  diverged_ = false;
  if (failed()) failure_ = Failure{};
  races_.BeginExecution();
  allocated_.Clear();

  Goroutine& main = NewGoroutine();
  main.task = [body] { body(); };
  ready_.push_back(&main);

  ExceptionGlobals outer = CurrentExceptionGlobals();
  active_ = this;
  current_ = nullptr;
  if (Goroutine* first = PickNext()) SwitchTo(first);
  // Back when nobody can run any more, or at the first failure.
  active_ = nullptr;
  CurrentExceptionGlobals() = outer;
  current_ = nullptr;
  if (!failed() && !diverged_) Quiesce();
  if (strategy.diverged()) diverged_ = true;
  FreeQuarantine();
  ++progress_;
  return !failed() && !diverged_;
}

Goroutine& Engine::NewGoroutine() {
  if (count_ == goroutines_.size()) {
    goroutines_.push_back(std::make_unique<Goroutine>());
  }
  Goroutine& g = *goroutines_[count_];
  g.index = static_cast<GoroutineIndex>(count_);
  g.id = count_ + 1;
  g.parent_id = 0;
  g.created_by_pc = nullptr;
  g.wait_reason = internal::WaitReason::kNone;
  g.wait_object = nullptr;
  g.state = GoroutineState::kReady;
  g.context =
      internal::MakeContext(StackOf(count_), kStackBytes, &Engine::Entry, &g);
  // What an abandoned goroutine held is not destroyed: its destructors may use
  // what has gone with its execution.
  new (&g.task) absl::AnyInvocable<void() &&>();
  g.pending = Operation{};
  g.enabled = nullptr;
  g.enabled_arg = nullptr;
  g.op_depth = 0;
  g.wake_ns = 0;
  g.left_at = 0;
  g.passed_over = 0;
  g.held.clear();
  g.reads.clear();
  g.fruitless = 0;
  g.spinning = false;
  g.yields = 0;
  g.caught_exceptions = nullptr;
  g.uncaught_exceptions = 0;
  g.op_stack.clear();
  g.created_at.clear();
  ++count_;
  ++live_;
  return g;
}

void Engine::Entry(void* goroutine) {
  active_->Run(*static_cast<Goroutine*>(goroutine));
}

void Engine::Run(Goroutine& g) {
  mode = Mode::kUser;
  try {
    {
      // On this stack, so that a goroutine which is abandoned while what the
      // function holds is being destroyed is not destroyed a second time.
      absl::AnyInvocable<void()&&> task = std::move(g.task);
      std::move(task)();
    }
    mode = Mode::kEngine;
  } catch (const Panic& panic) {
    mode = Mode::kEngine;
    Fail(Verdict::kPanic, std::string("panic: ") + panic.what());
    failure_.stack = panic.stack();
  } catch (const std::exception& e) {
    mode = Mode::kEngine;
    Fail(Verdict::kPanic,
         std::string("an exception leaves the goroutine: ") + e.what());
  } catch (...) {
    mode = Mode::kEngine;
    Fail(Verdict::kPanic, "an exception leaves the goroutine");
  }
  g.state = GoroutineState::kDead;
  --live_;
  Goroutine* next = PickNext();
  if (next == nullptr) Abandon();
  SwitchTo(next);
  abort();  // Nobody switches to a dead goroutine.
}

void Engine::SwitchTo(Goroutine* g) {
  ExceptionGlobals& globals = CurrentExceptionGlobals();
  internal::Context* from = &scheduler_;
  if (current_ != nullptr) {
    current_->caught_exceptions = globals.caught_exceptions;
    current_->uncaught_exceptions = globals.uncaught_exceptions;
    from = &current_->context;
  }
  globals = {g->caught_exceptions, g->uncaught_exceptions};
  current_ = g;
  g->state = GoroutineState::kRunning;
  BeginStep();
  internal::RtSwitchContext(from, &g->context);
}

void Engine::Abandon() {
  mode = Mode::kEngine;
  internal::Context lost;
  internal::RtSwitchContext(&lost, &scheduler_);
  abort();
}

void Engine::Reschedule() {
  Goroutine* next = PickNext();
  if (next == nullptr) Abandon();
  if (next == current_) {
    next->state = GoroutineState::kRunning;
    BeginStep();
    return;
  }
  SwitchTo(next);
}

Goroutine* Engine::PickNext() {
  for (;;) {
    if (failed()) return nullptr;
    if (ready_head_ < ready_.size()) return ready_[ready_head_++];
    ready_.clear();
    ready_head_ = 0;
    if (!CollectRunnable()) {
      if (AdvanceClock()) continue;
      return nullptr;
    }
    if (++steps_ > options_.max_steps) {
      Fail(Verdict::kLivelock, "");
      return nullptr;
    }
    ++progress_;
    size_t pick = strategy_->PickNext(point_);
    if (strategy_->diverged()) {
      diverged_ = true;
      return nullptr;
    }
    Goroutine* g = goroutines_[point_.runnable[pick].goroutine].get();
    schedule_.push_back({false, g->index});
    if (steps_ > kFairness) {
      for (const Choice& c : point_.runnable) {
        ++goroutines_[c.goroutine]->passed_over;
      }
      g->passed_over = 0;
    }
    return g;
  }
}

// Fills point_; false if nobody can run, or somebody should be woken first.
bool Engine::CollectRunnable() {
  point_.runnable.clear();
  point_.current = SchedulePoint::kNone;
  point_.yielding = false;
  bool spinners = false;
  bool all_idle = sleeping_ > 0;
  Goroutine* starved = nullptr;
  for (size_t i = 0; i < count_; ++i) {
    Goroutine& g = *goroutines_[i];
    if (g.state != GoroutineState::kAtOp) continue;
    if (g.enabled != nullptr && !g.enabled(g.enabled_arg)) continue;
    if (g.spinning) {
      spinners = true;
      continue;
    }
    if (g.passed_over > kFairness) starved = &g;
    if (g.yields <= kIdleYields) all_idle = false;
    if (&g == current_) {
      point_.current = point_.runnable.size();
      point_.yielding = g.pending.kind == OpKind::kGosched;
    }
    point_.runnable.push_back({g.index, g.pending});
  }
  if (all_idle && !ProgramIsOver()) return false;
  if (starved != nullptr) {
    point_.runnable.assign(1, {starved->index, starved->pending});
    point_.current = SchedulePoint::kNone;
  }
  if (!point_.runnable.empty()) return true;
  if (!spinners || sleeping_ > 0) return false;
  // Nothing else is left: perhaps the loop gives up by itself.
  for (size_t i = 0; i < count_; ++i) {
    Goroutine& g = *goroutines_[i];
    if (g.state != GoroutineState::kAtOp || !g.spinning) continue;
    if (g.enabled != nullptr && !g.enabled(g.enabled_arg)) continue;
    point_.runnable.push_back({g.index, g.pending});
  }
  // In turns, whatever the strategy.
  size_t turn = steps_ % point_.runnable.size();
  point_.runnable.assign(1, Choice(point_.runnable[turn]));
  return true;
}

bool Engine::AdvanceClock() {
  if (sleeping_ == 0 || ProgramIsOver()) return false;
  if (options_.refuse_polling && spinning_ > 0) {
    Fail(Verdict::kLivelock,
         "a goroutine asks again and again instead of sleeping");
    return false;
  }
  int64_t next = INT64_MAX;
  for (size_t i = 0; i < count_; ++i) {
    const Goroutine& g = *goroutines_[i];
    if (g.state == GoroutineState::kSleeping) next = std::min(next, g.wake_ns);
  }
  now_ns_ = std::max(now_ns_, next);
  if (options_.max_virtual_ns > 0 && now_ns_ > options_.max_virtual_ns) {
    Fail(Verdict::kSlow, "");
    return false;
  }
  for (size_t i = 0; i < count_; ++i) {
    Goroutine& g = *goroutines_[i];
    g.yields = 0;
    if (g.state != GoroutineState::kSleeping || g.wake_ns > next) continue;
    g.state = GoroutineState::kReady;
    --sleeping_;
    ready_.push_back(&g);
    strategy_->OnTimeAdvance(g.index);
  }
  return true;
}

void Engine::OpBegin(OpKind kind, const void* object,
                     internal::host::OpEnabled enabled, const void* arg,
                     const void* frame) {
  Goroutine& g = *current_;
  if (g.op_depth++ > 0) return;
  g.left_at = reinterpret_cast<uintptr_t>(frame);
  mode = Mode::kEngine;
  g.pending = {kind, object};
  g.enabled = enabled;
  g.enabled_arg = arg;
  g.state = GoroutineState::kAtOp;
  g.yields = kind == OpKind::kGosched ? g.yields + 1 : 0;
  if (options_.recording != nullptr) g.op_stack = internal::Backtrace();
  Reschedule();
  g.enabled = nullptr;
  if (GivesLock(kind)) {
    for (size_t i = g.held.size(); i-- > 0;) {
      if (g.held[i].object != object) continue;
      g.held.erase(g.held.begin() + static_cast<ptrdiff_t>(i));
      break;
    }
  }
  if (options_.recording != nullptr) RecordStep(Recording::Kind::kOperation, 0);
  if (!IsAtomic(kind)) NoteWrite(object);
  mode = Mode::kPrimitive;
}

void Engine::OpEnd() {
  if (--current_->op_depth == 0) mode = Mode::kUser;
}

void Engine::Park(internal::WaitReason reason, const void* object,
                  internal::host::ParkCommit commit, void* arg) {
  Goroutine& g = *current_;
  EngineScope scope;
  g.wait_reason = reason;
  g.wait_object = object;
  g.state = GoroutineState::kWaiting;
  // With one kernel thread nobody can come between.
  if (commit != nullptr && !commit(&g, arg)) {
    g.state = GoroutineState::kRunning;
  } else {
    Reschedule();
  }
  g.wait_reason = internal::WaitReason::kNone;
  g.wait_object = nullptr;
}

void Engine::Ready(Goroutine* g) {
  EngineScope scope;
  g->state = GoroutineState::kReady;
  ready_.push_back(g);
  if (current_ != nullptr) strategy_->OnReady(current_->index, g->index);
}

void Engine::Spawn(absl::AnyInvocable<void() &&> task,
                   const void* created_by_pc) {
  EngineScope scope;
  Goroutine& g = NewGoroutine();
  g.task = std::move(task);
  g.parent_id = current_->id;
  g.created_by_pc = created_by_pc;
  races_.OnSpawn(current_->index, g.index);
  strategy_->OnSpawn(current_->index, g.index);
  ready_.push_back(&g);
  if (options_.recording != nullptr) {
    g.created_at = internal::Backtrace();
    RecordStep(Recording::Kind::kSpawn, g.index);
  }
}

void Engine::Sleep(int64_t ns) {
  Goroutine& g = *current_;
  EngineScope scope;
  g.left_at = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  g.wake_ns = ns > INT64_MAX - now_ns_ ? INT64_MAX : now_ns_ + ns;
  g.wait_reason = internal::WaitReason::kSleep;
  g.state = GoroutineState::kSleeping;
  ++sleeping_;
  g.reads.clear();  // Time passes: reading again is not spinning.
  g.fruitless = 0;
  if (options_.recording != nullptr) g.op_stack = internal::Backtrace();
  Reschedule();
  g.wait_reason = internal::WaitReason::kNone;
}

uint64_t Engine::ChooseValue(uint64_t n) {
  EngineScope scope;
  uint64_t value = strategy_->PickValue(n);
  if (strategy_->diverged()) {
    diverged_ = true;
    Abandon();
  }
  if (n > 1) schedule_.push_back({true, value});
  return value;
}

void Engine::Access(const explorer::Access& access) {
  EngineScope scope;
  Goroutine& g = *current_;
  Race race;
  bool found = races_.OnAccess(g.index, access, &race);
  if (Recording* recording = options_.recording) {
    uint64_t number = races_.accesses();
    for (auto [wanted, side] :
         {std::pair{options_.earlier_access, &recording->earlier},
          std::pair{options_.later_access, &recording->later}}) {
      if (number != wanted) continue;
      side->stack = internal::Backtrace();
      side->held = g.held;
      g.op_stack = side->stack;
      RecordStep(Recording::Kind::kAccess, 0);
      recording->steps.back().is_write = access.is_write;
      recording->steps.back().is_free = access.is_free;
    }
  }
  if (found) {
    bool freed = race.earlier.is_free || race.later.is_free;
    Fail(freed ? Verdict::kMemory : Verdict::kRace, "");
    failure_.race = race;
    Abandon();
  }
  if (InForeignStack(access.address)) CheckForeignStack(access);
  if (++step_accesses_ >= preempt_at_ && g.op_depth == 0) {
    if (step_accesses_ >= kHangAccesses) {
      Fail(Verdict::kHang, "");
      Abandon();
    }
    // Perhaps it waits for a plain variable to change; whoever changes it is
    // then found to race.
    uint64_t so_far = step_accesses_;
    OpBegin(OpKind::kGosched, nullptr, nullptr, nullptr,
            __builtin_frame_address(0));
    OpEnd();
    step_accesses_ = so_far;
    preempt_at_ = so_far + kStepAccesses;
  }
}

void Engine::NoteAcquire(Goroutine* g, const void* sync) {
  EngineScope scope;
  races_.Acquire(g->index, sync);
  if (g->op_depth > 0 && TakesLock(g->pending.kind) &&
      g->pending.object == sync) {
    g->held.push_back({sync, g->op_stack});
  }
}

void Engine::NoteRead(const void* pc, const void* object, uint64_t value) {
  EngineScope scope;
  Goroutine& g = *current_;
  auto same = std::find_if(g.reads.begin(), g.reads.end(), [&](const auto& r) {
    return r.pc == pc && r.object == object;
  });
  if (same != g.reads.end() && same->value == value) {
    if (++g.fruitless >= kFruitlessReads && !g.spinning) {
      g.spinning = true;
      ++spinning_;
    }
    return;
  }
  g.fruitless = 0;
  if (same != g.reads.end()) {
    same->value = value;
  } else if (g.reads.size() < kMaxReads) {
    g.reads.push_back({pc, object, value});
  }
}

// The running goroutine did something with `object` that is no mere read.
void Engine::NoteWrite(const void* object) {
  Goroutine& self = *current_;
  if (object == nullptr || (spinning_ == 0 && self.reads.empty())) return;
  auto reset = [this](Goroutine& g) {
    if (g.spinning) --spinning_;
    g.spinning = false;
    g.reads.clear();
    g.fruitless = 0;
  };
  reset(self);
  if (spinning_ == 0) return;
  for (size_t i = 0; i < count_; ++i) {
    Goroutine& g = *goroutines_[i];
    if (!g.spinning) continue;
    if (std::any_of(g.reads.begin(), g.reads.end(),
                    [&](const auto& r) { return r.object == object; })) {
      reset(g);
    }
  }
}

// A goroutine that does not run has the live frames of its own code above the
// point where it entered ours; what lies below belonged to functions that have
// returned.
void Engine::CheckForeignStack(const explorer::Access& access) {
  auto address = reinterpret_cast<uintptr_t>(access.address);
  const Goroutine& owner = *goroutines_[(address - stacks_lo_) / stack_stride_];
  bool returned = owner.index >= count_ || owner.state == GoroutineState::kDead;
  if (!returned && address >= owner.left_at) return;
  Fail(Verdict::kMemory,
       "a local variable is used after its function has returned");
  Abandon();
}

void Engine::OnAllocate(void* block, size_t size) {
  if (block == nullptr) return;
  races_.Forget(block, size);
  bool fresh;
  allocated_.FindOrMake(reinterpret_cast<uintptr_t>(block), &fresh);
}

void Engine::OnFree(void* block, size_t size, const void* pc) {
  explorer::Access access;
  access.address = block;
  access.size = std::min(size, kFreedBytes);
  access.is_write = true;
  access.is_free = true;
  access.pc = pc;
  // A block from before the execution may belong to a global, which the next
  // execution finds as it was: then the block must still be there.
  if (allocated_.Find(reinterpret_cast<uintptr_t>(block)) != nullptr) {
    quarantine_.push_back(block);
    quarantine_bytes_ += size;
  }
  Access(access);
  if (quarantine_bytes_ > kQuarantineBytes) FreeQuarantine();
}

void Engine::FreeQuarantine() {
  EngineScope scope;
  for (void* block : quarantine_) free(block);
  quarantine_.clear();
  quarantine_bytes_ = 0;
}

void Engine::Fail(Verdict verdict, std::string text) {
  EngineScope scope;
  if (failed()) return;
  bool endless = verdict == Verdict::kLivelock || verdict == Verdict::kHang;
  if (endless && ProgramIsOver()) return;
  failure_ = Failure{};
  failure_.verdict = verdict;
  failure_.text = std::move(text);
  if (current_ == nullptr) return;
  failure_.goroutine = current_->index;
  failure_.stack = internal::Backtrace();
}

void Engine::FailExpectation(std::string text, std::string file, int line) {
  EngineScope scope;
  if (failed()) return;
  Fail(Verdict::kWrong, std::move(text));
  failure_.file = std::move(file);
  failure_.line = line;
}

bool Engine::InStackGuard(const void* address) const {
  auto stack = reinterpret_cast<uintptr_t>(stacks_[current_->index]);
  auto at = reinterpret_cast<uintptr_t>(address);
  return at < stack && stack - at <= PageBytes();
}

bool Engine::ProgramIsOver() const {
  return options_.main_return_ends &&
         goroutines_[0]->state == GoroutineState::kDead;
}

void Engine::Quiesce() {
  std::vector<Choice> waiting;  // In front of an operation.
  for (size_t i = 0; i < count_; ++i) {
    const Goroutine& g = *goroutines_[i];
    if (g.state == GoroutineState::kDead) continue;
    bool at_op = g.state == GoroutineState::kAtOp;
    if (at_op) waiting.push_back({g.index, g.pending});
    blocked_.push_back({g.index, g.pending.kind, g.pending.object,
                        at_op ? internal::WaitReason::kNone : g.wait_reason});
  }
  strategy_->EndExecution(waiting);
  if (blocked_.empty() || ProgramIsOver()) return;
  bool deadlock = blocked_[0].goroutine == 0 || LockCycle();
  Fail(deadlock ? Verdict::kDeadlock : Verdict::kLeak, "");
  failure_.goroutine = blocked_[0].goroutine;
}

// Whether some of the blocked wait for a lock in a circle.
bool Engine::LockCycle() const {
  auto holder_of = [this](const void* lock) -> const Goroutine* {
    for (size_t i = 0; i < count_; ++i) {
      for (const HeldLock& held : goroutines_[i]->held) {
        if (held.object == lock) return goroutines_[i].get();
      }
    }
    return nullptr;
  };
  for (const BlockedGoroutine& start : blocked_) {
    const Goroutine* g = goroutines_[start.goroutine].get();
    for (size_t i = 0; g != nullptr && i <= blocked_.size(); ++i) {
      if (g->state != GoroutineState::kAtOp || !TakesLock(g->pending.kind)) {
        break;
      }
      g = holder_of(g->pending.object);
      if (g != nullptr && g->index == start.goroutine) return true;
    }
  }
  return false;
}

void Engine::RecordStep(Recording::Kind kind, GoroutineIndex child) {
  const Goroutine& g = *current_;
  Recording::Step step;
  step.kind = kind;
  step.goroutine = g.index;
  step.op = g.pending;
  step.child = child;
  step.stack = kind == Recording::Kind::kSpawn ? goroutines_[child]->created_at
                                               : g.op_stack;
  options_.recording->steps.push_back(std::move(step));
}

}  // namespace rt::explorer
