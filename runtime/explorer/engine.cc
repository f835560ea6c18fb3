// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// How an execution runs and how it ends. What goroutines do in it is in
// engine_operation.cc and, to memory, in engine_memory.cc; who runs next is in
// engine_choice.cc, the clock in engine_time.cc.

#include "runtime/explorer/engine.h"

#include <cxxabi.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <utility>
#include <vector>

#include "runtime/internal/backtrace.h"
#include "runtime/internal/goexit.h"
#include "runtime/panic.h"

namespace rt::explorer {

constinit Mode mode = Mode::kEngine;
constinit Engine* Engine::active_ = nullptr;

namespace {

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

std::string ExceptionText(const Goroutine& g) {
  return g.is_thread ? "an exception leaves the thread"
                     : "an exception leaves the goroutine";
}

}  // namespace

Engine& Engine::Get() {
  static Engine* engine = new Engine;
  return *engine;
}

Engine::Engine() { ReserveStacks(); }

bool Engine::Execute(absl::FunctionRef<void()> body, Strategy& strategy,
                     const ExecutionOptions& options) {
  options_ = options;
  strategy_ = &strategy;
  count_ = 0;
  live_ = 0;
  ready_.clear();
  ready_head_ = 0;
  waiting_selects_.clear();
  sleeping_ = 0;
  readers_ = 0;
  passed_over_ = false;
  spurious_wakeups_ = 0;
  now_ns_ = 0;
  steps_ = 0;
  preemptions_ = 0;
  BeginStep();
  accesses_ = 0;
  allocated_bytes_ = 0;
  schedule_.clear();
  blocked_.clear();
  diverged_ = false;
  incomplete_ = false;
  main_exited_ = false;
  if (failed()) failure_ = Failure{};
  races_.BeginExecution();
  if (options.weak_memory) {
    memory_model_.BeginExecution(options.max_fruitless_reads);
  }
  suspects_leak_ = false;
  heap_.BeginExecution();
  given_names_.Clear();

  Goroutine& main = NewGoroutine();
  main.task = [body] { body(); };
  ready_.push_back(&main);

  ExceptionGlobals outer = CurrentExceptionGlobals();
  active_ = this;
  chosen_ = current_ = nullptr;
  if (Goroutine* first = PickNext()) SwitchTo(first);
  // Back when nobody can run any more, or at the first failure.
  active_ = nullptr;
  CurrentExceptionGlobals() = outer;
  current_ = nullptr;
  if (!failed() && !diverged_) Quiesce();
  if (!failed() && !diverged_) CheckLeaks();
  if (strategy.diverged()) diverged_ = true;
  FreeQuarantine();
  ++progress_;
  return !failed() && !diverged_;
}

Goroutine& Engine::NewGoroutine() {
  if (count_ == goroutines_.size()) {
    goroutines_.push_back(std::make_unique<Goroutine>());
    runnable_.emplace_back();
    held_up_.emplace_back();
  }
  Goroutine& g = *goroutines_[count_];
  g.index = static_cast<GoroutineIndex>(count_);
  g.id = count_ + 1;
  g.parent_id = 0;
  g.created_by_pc = nullptr;
  g.wait_reason = internal::WaitReason::kNone;
  g.wait_object = nullptr;
  g.wait_lock = nullptr;
  g.exiting = false;
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
  g.purpose = nullptr;
  g.blocking = 0;
  g.wake_ns = 0;
  g.timer = nullptr;
  g.alarm = nullptr;
  g.is_thread = false;
  g.released = false;
  g.left_at = 0;
  g.operations = 0;
  g.passed_over = 0;
  g.held.clear();
  g.wanted.clear();
  g.together.clear();
  g.reads.clear();
  g.last_load_pc = nullptr;
  g.fruitless = 0;
  g.spinning = false;
  g.yields = 0;
  g.caught_exceptions = nullptr;
  g.uncaught_exceptions = 0;
  g.name.clear();
  g.op_stack.clear();
  g.calls.clear();
  g.created_at.clear();
  ++count_;
  ++live_;
  return g;
}

const internal::Context* Engine::Entry(void* goroutine) {
  auto* g = static_cast<Goroutine*>(goroutine);
  if (g->timer != nullptr) active_->RunTimer(*g);
  active_->Run(*g);
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
  } catch (const Panic& panic) {
    mode = Mode::kEngine;
    Fail(Verdict::kPanic, std::string("panic: ") + panic.what());
    failure_.stack = panic.stack();
  } catch (const std::exception& e) {
    mode = Mode::kEngine;
    Fail(Verdict::kPanic, ExceptionText(g) + ": " + e.what());
  } catch (const abi::__forced_unwind&) {
    if (!internal::ArriveAtFoot(&g)) throw;
    if (g.index == 0) main_exited_ = true;
  } catch (...) {
    mode = Mode::kEngine;
    Fail(Verdict::kPanic, ExceptionText(g));
  }
  mode = Mode::kEngine;
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
  size_t stack = g->index * kStackStride;
  own_stack_ = stack < stacks_bytes_ ? stacks_lo_ + stack : 0;
  g->state = GoroutineState::kRunning;
  BeginStep();
  internal::RtSwitchContext(from, &g->context, /*same_call=*/false);
}

void Engine::Abandon() {
  mode = Mode::kEngine;
  internal::Context lost;
  internal::RtSwitchContext(&lost, &scheduler_, /*same_call=*/false);
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

Goroutine& Engine::Spawn(absl::AnyInvocable<void() &&>&& task,
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
    // A timer that starts a goroutine does so for who armed it.
    g.created_at = current_->timer != nullptr ? current_->created_at
                                              : internal::Backtrace();
    RecordStep(Recording::Kind::kSpawn, g.index);
  }
  return g;
}

uint64_t Engine::ChooseValue(uint64_t n) {
  if (n == 1) return 0;
  EngineScope scope;
  uint64_t value = strategy_->PickValue(n);
  if (strategy_->diverged()) {
    diverged_ = true;
    Abandon();
  }
  schedule_.push_back({true, value});
  return value;
}

void Engine::Wished(std::string_view what, bool happened) {
  EngineScope scope;
  auto wish = std::find_if(wishes_.begin(), wishes_.end(),
                           [&](const Wish& w) { return w.what == what; });
  if (wish == wishes_.end()) {
    wishes_.push_back({std::string(what), happened});
  } else if (happened) {
    wish->happened = true;
  }
}

bool Engine::WakesSpuriously() {
  if (spurious_wakeups_ == options_.max_spurious_wakeups) return false;
  if (ChooseValue(2) == 0) return false;
  ++spurious_wakeups_;
  if (options_.recording != nullptr) {
    EngineScope scope;
    RecordStep(Recording::Kind::kOperation, 0);
    options_.recording->steps.back().kind = Recording::Kind::kSpurious;
  }
  return true;
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
  if (options_.recording != nullptr) current_->calls = CallFrames();
}

void Engine::FailExpectation(std::string text, std::string file, int line) {
  EngineScope scope;
  if (failed()) return;
  Fail(Verdict::kWrong, std::move(text));
  failure_.file = std::move(file);
  failure_.line = line;
}

bool Engine::ProgramIsOver() const {
  return options_.main_return_ends && !main_exited_ &&
         goroutines_[0]->state == GoroutineState::kDead;
}

void Engine::Quiesce() {
  std::vector<Choice> waiting;  // In front of an operation.
  for (size_t i = 0; i < count_; ++i) {
    const Goroutine& g = *goroutines_[i];
    if (g.state == GoroutineState::kDead || g.timer != nullptr) continue;
    bool at_op = g.state == GoroutineState::kAtOp;
    if (at_op) waiting.push_back({g.index, g.pending});
    blocked_.push_back({g.index, g.pending.kind, g.pending.object,
                        at_op ? internal::WaitReason::kNone : g.wait_reason});
  }
  strategy_->EndExecution(waiting);
  if (ProgramIsOver()) return;
  if (blocked_.empty()) {
    if (main_exited_ && options_.main_return_ends) {
      Fail(Verdict::kPanic,
           "fatal error: no goroutines (main called runtime.Goexit) - "
           "deadlock!");
    }
    return;
  }
  bool deadlock = blocked_[0].goroutine == 0 || main_exited_ || LockCycle();
  Fail(deadlock ? Verdict::kDeadlock : Verdict::kLeak, "");
  failure_.goroutine = blocked_[0].goroutine;
}

// Whether some of the blocked wait for locks in a circle. Those who read have a
// lock together, and who waits for it waits for each of them.
bool Engine::LockCycle() const {
  auto holds = [](const Goroutine& g, const void* lock) {
    return std::any_of(
        g.held.begin(), g.held.end(),
        [lock](const HeldLock& held) { return held.object == lock; });
  };
  std::vector<GoroutineIndex> reached;
  for (const BlockedGoroutine& start : blocked_) {
    reached.assign(1, start.goroutine);
    for (size_t i = 0; i < reached.size(); ++i) {
      const Goroutine& g = *goroutines_[reached[i]];
      if (g.state != GoroutineState::kAtOp || !TakesLock(g.pending.kind)) {
        continue;
      }
      for (size_t h = 0; h < count_; ++h) {
        const Goroutine& holder = *goroutines_[h];
        if (!holds(holder, g.pending.object)) continue;
        if (holder.index == start.goroutine) return true;
        if (std::find(reached.begin(), reached.end(), holder.index) ==
            reached.end()) {
          reached.push_back(holder.index);
        }
      }
    }
  }
  return false;
}

}  // namespace rt::explorer
