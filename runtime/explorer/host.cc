// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The explorer's definition of the seam (runtime/internal/host.h), with
// RT_EXPLORED.

#include "runtime/internal/host.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "runtime/explorer/engine.h"
#include "runtime/explorer/library_code.h"
#include "runtime/internal/backtrace.h"
#include "runtime/internal/frames.h"
#include "runtime/internal/goexit.h"
#include "runtime/internal/host_seeing.h"

namespace rt::internal::host {
namespace {

using explorer::Engine;
using explorer::EngineScope;
using explorer::Goroutine;
using explorer::Mode;
using explorer::Verdict;

// The engine, for what only a goroutine may do.
Engine& InGoroutine(const char* what) {
  Engine* engine = Engine::Active();
  if (engine == nullptr || engine->current() == nullptr) {
    fprintf(stderr, "fatal error: %s outside the body of a check\n", what);
    abort();
  }
  return *engine;
}

}  // namespace

G* CurrentG() {
  Engine* engine = Engine::Active();
  return engine == nullptr ? nullptr : engine->current();
}

G* MustBeG(WaitReason) { return InGoroutine("a wait").current(); }

void Park(WaitReason reason, const void* object, ParkCommit commit, void* arg) {
  InGoroutine("a wait").Park(reason, object, commit, arg);
}

void Ready(G* g) { InGoroutine("a wake-up").Ready(static_cast<Goroutine*>(g)); }

void Yield() {
  Engine& engine = InGoroutine("rt::Gosched");
  engine.MayWait("yield");
  engine.OpBegin(OpKind::kGosched, nullptr, nullptr, nullptr,
                 __builtin_frame_address(0));
  engine.OpEnd();
}

void Spawn(absl::AnyInvocable<void() &&>&& task, const void* created_by_pc) {
  InGoroutine("rt::Go").Spawn(std::move(task), created_by_pc);
}

void SleepNs(int64_t ns) {
  if (ns <= 0) return Yield();
  InGoroutine("rt::Sleep").Sleep(ns);
}

void StartTimer(Timer* timer, int64_t when_ns, int64_t period_ns) {
  InGoroutine("a timer").StartTimer(timer, when_ns, period_ns);
}

bool StopTimer(Timer* timer) {
  Engine* engine = Engine::Active();
  return engine != nullptr && engine->StopTimer(timer);
}

int64_t NowNs() {
  Engine* engine = Engine::Active();
  return engine == nullptr ? 0 : engine->now_ns();
}

// The time at which Go was announced: 10 November 2009, 23:00 UTC, as in Go's
// playground.
int64_t StartUnixNs() { return int64_t{1'257'894'000} * 1'000'000'000; }

void Goexit() { UnwindGoroutine(InGoroutine("rt::Goexit").current()); }

// The others stand somewhere between two operations: where, is the report's.
std::string Stacks(bool all) {
  EngineScope scope;
  Engine* engine = Engine::Active();
  if (engine == nullptr) return "";
  const Goroutine& self = *engine->current();
  std::string text = "goroutine " + std::to_string(self.id) + " [running]:\n";
  std::vector<void*> pcs = Backtrace();
  AppendFrames(pcs.data(), static_cast<int>(pcs.size()), FrameFilter::kProgram,
               &text);
  AppendCreatedBy(self.created_by_pc, self.parent_id, &text);
  if (!all) return text;
  engine->ForEachLive([&](const Goroutine& g) {
    if (&g == &self) return;
    bool waits = g.wait_reason != WaitReason::kNone;
    text += "\ngoroutine " + std::to_string(g.id) + " [" +
            (waits ? WaitReasonText(g.wait_reason) : "runnable") + "]:\n";
    AppendCreatedBy(g.created_by_pc, g.parent_id, &text);
  });
  return text;
}

std::string StartTrace(const std::string&) { return ""; }
std::string StopTrace() { return ""; }

std::string StartCpuProfile(const std::string&) { return ""; }
std::string StopCpuProfile() { return ""; }
std::string WriteProfile(ProfileKind, const std::string&) { return ""; }
void SetBlockProfileRate(int64_t) {}
int SetMutexProfileFraction(int) { return 0; }
int64_t ContentionNs() { return 0; }
void NoteContention(int64_t) {}

std::string Deadlocks() { return ""; }

void SetGoroutineName(std::string_view name) {
  Engine* engine = Engine::Active();
  if (engine != nullptr) engine->NameGoroutine(name);
}

void SetObjectName(const void* object, std::string_view name) {
  Engine* engine = Engine::Active();
  if (engine != nullptr) engine->NameObject(object, name);
}

int NumGoroutines() {
  Engine* engine = Engine::Active();
  return engine == nullptr ? 0 : static_cast<int>(engine->live_count());
}

// One goroutine runs at a time, in an order that stands for any number of
// processors. The setting is remembered, and changes nothing.
int MaxProcs(int n) {
  static int setting = 4;
  return n <= 0 ? setting : std::exchange(setting, n);
}

// It blocks nobody here: the one thread goes on with another goroutine. But
// what a program must not do inside of it is refused (D-087).
void EnterBlocking() { ++InGoroutine("rt::Blocking").current()->blocking; }
void ExitBlocking() { --InGoroutine("rt::Blocking").current()->blocking; }

// One thread runs all goroutines here; nothing can be observed of the binding.
void LockThread() {}
void UnlockThread() {}

// All goroutines share one P here, and switch only where they meet a primitive.
int Pin() { return 0; }
void Unpin() {}

bool MaySpin() { return false; }

uint64_t RandomBelow(uint64_t n) {
  return InGoroutine("a random choice").ChooseValue(n);
}

void Fatal(std::string_view message) {
  Engine& engine = InGoroutine(std::string(message).c_str());
  engine.Fail(Verdict::kPanic, "fatal error: " + std::string(message));
  engine.Abandon();
}

namespace {

// std::lock takes the first lock, tries the others, gives all back if one of
// them is taken, and begins again with that one. `together` are those that it
// has met so in vain; to ask for one of them again is an operation on all, and
// waits until all are free. Null: it is no such attempt.
Goroutine* AsksTogether(OpKind kind, const void* object) {
  Goroutine& g = *Engine::Active()->current();
  if (g.together.empty() || g.op_depth > 0) return nullptr;
  EngineScope scope;
  auto it = std::find(g.together.begin(), g.together.end(), object);
  if (explorer::GivesLock(kind)) {
    if (it == g.together.end()) g.together.push_back(object);
    return nullptr;
  }
  if (kind != OpKind::kMutexLock && kind != OpKind::kRWMutexLock) {
    return nullptr;
  }
  if (it == g.together.end()) {
    g.together.clear();
    return nullptr;
  }
  std::swap(*it, g.together[0]);  // The one to be taken goes first.
  return &g;
}

bool AllAreFree(const void* goroutine) {
  const auto& g = *static_cast<const Goroutine*>(goroutine);
  return g.first_enabled(g.first_arg) &&
         std::none_of(
             g.together.begin() + 1, g.together.end(),
             [](const void* lock) { return Engine::Active()->IsHeld(lock); });
}

}  // namespace

void OpBegin(OpKind kind, const void* object, OpEnabled enabled,
             const void* arg) {
  if (explorer::mode == Mode::kEngine) return;
  Engine& engine = *Engine::Active();
  Goroutine* g = AsksTogether(kind, object);
  if (g == nullptr) {
    engine.OpBegin(kind, object, enabled, arg, __builtin_frame_address(0));
    return;
  }
  g->first_enabled = enabled;
  g->first_arg = arg;
  engine.OpBegin(
      kind, ObjectList{g->together.data(), g->together.size(), sizeof(void*)},
      &AllAreFree, g, __builtin_frame_address(0));
  g->together.clear();
}

void TryLockFailed(const void* lock) {
  if (explorer::mode == Mode::kEngine || !explorer::InStdLock()) return;
  EngineScope scope;
  Engine::Active()->current()->together.push_back(lock);
}

void OpBeginMany(OpKind kind, ObjectList objects) {
  if (explorer::mode == Mode::kEngine) return;
  Engine::Active()->OpBegin(kind, objects, nullptr, nullptr,
                            __builtin_frame_address(0));
}

void OnlyLooked(const void* pc) {
  if (explorer::mode == Mode::kEngine) return;
  Engine::Active()->OnlyLooked(pc);
}

const void* Here() { return __builtin_return_address(0); }

void OpEnd() {
  if (explorer::mode == Mode::kEngine) return;
  Engine::Active()->OpEnd();
}

void AcquireSlow(G* g, const void* sync) {
  if (g == nullptr) return;
  Engine::Active()->NoteAcquire(static_cast<Goroutine*>(g), sync);
}

void ReleaseSlow(G* g, const void* sync) {
  if (g == nullptr) return;
  EngineScope scope;
  Engine::Active()->races().Release(static_cast<Goroutine*>(g)->index, sync);
}

void RendezvousSlow(G* parked) {
  EngineScope scope;
  Engine& engine = *Engine::Active();
  engine.races().Rendezvous(engine.current()->index,
                            static_cast<Goroutine*>(parked)->index);
}

void SetPurpose(const Purpose* purpose) {
  if (explorer::mode == Mode::kEngine) return;
  Engine::Active()->current()->purpose = purpose;
}

}  // namespace rt::internal::host
