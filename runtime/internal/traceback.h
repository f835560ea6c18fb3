// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Dumps of goroutines: who they are, why and how long they wait, where.
//
//   goroutine 7 [chan receive, 3 minutes]:
//   main::lambda
//   	lessons/02_goroutines/leak.cc:9
//   created by main::lambda in goroutine 1
//   	lessons/02_goroutines/leak.cc:8
//
// A dump asks each suspended goroutine for its stack by resuming it (D-013);
// meanwhile no other goroutine may be resumed: the world is paused, or frozen
// for good when the program dies. Goroutines that run go on; their threads are
// asked by a signal (D-065). Listed without its stack is who does not answer
// in time, or, while the program lives, is in a system call, which a signal may
// cut short.

#ifndef RUNTIME_INTERNAL_TRACEBACK_H_
#define RUNTIME_INTERNAL_TRACEBACK_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/internal/backtrace.h"
#include "runtime/internal/context_switch.h"
#include "runtime/internal/frames.h"
#include "runtime/internal/futex.h"
#include "runtime/internal/goroutine.h"
#include "runtime/internal/lock_owner.h"
#include "runtime/internal/sanitizer.h"

namespace rt::internal {

struct Scheduler;

// The goroutine finds it on waking, answers, and switches back (SwitchToM), or
// its thread is asked (preempt.h). One for all goroutines of a dump.
struct StackRequest {
  void* pcs[kMaxFrames];
  int size = 0;
  Context asker;
  Fiber* asker_fiber = nullptr;

  // For threads.
  ThreadParker answered;
  uint64_t goroutine_id = 0;  // Whom the thread runs; 0: nobody.
  // For how long the dump will still wait for threads that do not answer.
  int64_t patience_ns = 2'000'000'000;
};

// What is known of a goroutine, taken while nobody resumes it.
struct GoroutineSnapshot {
  Goroutine* g = nullptr;  // May be another's meanwhile.
  uint64_t id = 0;
  uint64_t parent_id = 0;
  const void* created_by_pc = nullptr;
  GStatus status = GStatus::kIdle;
  WaitReason reason = WaitReason::kNone;
  int64_t waited_ns = 0;
  bool locked = false;                   // To its thread.
  const void* object = nullptr;          // What it waits at, and
  const LockOwner* wait_lock = nullptr;  // who holds that, if it is a lock.
  LockOwner::Holder holder;
  size_t first_pc = 0;  // Its stack is pcs[first_pc, first_pc + size).
  int size = 0;         // -1: unknown, it runs.
};

struct GoroutineDump {
  std::vector<GoroutineSnapshot> goroutines;
  std::vector<void*> pcs;  // Return addresses, of one after the other.
  uint64_t caller = 0;     // Who asked, and is not in here; 0: a plain thread.
};

// "runnable", "chan receive", ...: what stands in brackets in a dump.
const char* StateText(const GoroutineSnapshot& g);

// Every goroutine but `self`, which calls, or may be null on a plain thread.
// The holders in it are of one moment at which all those that wait waited.
GoroutineDump CollectGoroutines(const Goroutine* self);

// The same in the frozen world of a dying program, with the stacks of those
// only that wait for a lock: there may be a million others.
GoroutineDump CollectFrozen();

// From here on no M begins to run a goroutine; one that runs goes on until it
// switches away. Waits for another thread's dump to end, but not for ever.
void FreezeTheWorld(Scheduler* scheduler);

// Appends g's header, its stack and where it was created, after an empty line;
// nothing if it is not alive. Only while the world is frozen.
void AppendGoroutine(Goroutine* g, FrameFilter filter, StackRequest* request,
                     std::string* out);

// Appends the same of a goroutine whose stack is known: "running".
void AppendRunning(const Goroutine& g, void* const* pcs, int size,
                   FrameFilter filter, std::string* out);

// The dump of a program that goes on: `self` with the stack of the caller, who
// runs on it, and then all others. `self` is null on a plain thread.
std::string DumpAll(Goroutine* self);

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_TRACEBACK_H_
