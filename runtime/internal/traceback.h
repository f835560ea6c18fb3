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
// for good when the program dies. Goroutines that run go on, and are listed
// without their stacks.

#ifndef RUNTIME_INTERNAL_TRACEBACK_H_
#define RUNTIME_INTERNAL_TRACEBACK_H_

#include <cstdint>
#include <string>

#include "runtime/internal/backtrace.h"
#include "runtime/internal/context_switch.h"
#include "runtime/internal/frames.h"
#include "runtime/internal/futex.h"
#include "runtime/internal/goroutine.h"
#include "runtime/internal/sanitizer.h"

namespace rt::internal {

struct Scheduler;

// The goroutine finds it on waking, answers, and switches back (SwitchToM).
struct StackRequest {
  void* pcs[kMaxFrames];
  int size = 0;
  Context asker;
  Fiber* asker_fiber = nullptr;
  ThreadParker answered;  // If its thread had to be asked (preempt.h).
};

// From here on no M begins to run a goroutine; one that runs goes on until it
// switches away. Waits for another thread's dump to end, but not for ever.
void FreezeTheWorld(Scheduler* scheduler);

// Appends g's header, its stack and where it was created, after an empty line;
// nothing if it is not alive. `stack_of_running` is shown if g is running.
// Only while the world is frozen.
void AppendGoroutine(Goroutine* g, FrameFilter filter, std::string* out);

// Appends the same of a goroutine whose stack is known: "running".
void AppendRunning(const Goroutine& g, void* const* pcs, int size,
                   FrameFilter filter, std::string* out);

// The dump of a program that goes on: `self` with the stack of the caller, who
// runs on it, and then all others. `self` is null on a plain thread.
std::string DumpAll(Goroutine* self);

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_TRACEBACK_H_
