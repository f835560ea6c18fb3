// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Goroutine: what the explorer keeps of each one. It belongs to the engine,
// which uses it again in the next execution.

#ifndef RUNTIME_EXPLORER_GOROUTINE_H_
#define RUNTIME_EXPLORER_GOROUTINE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "runtime/explorer/operation.h"
#include "runtime/explorer/strategy.h"
#include "runtime/explorer/variables.h"
#include "runtime/internal/context_switch.h"
#include "runtime/internal/g.h"
#include "runtime/internal/host.h"
#include "runtime/internal/timer.h"

namespace rt::explorer {

using Stack = std::vector<void*>;  // Return addresses, innermost first.

struct HeldLock {
  const void* object = nullptr;
  OpKind taken_by = OpKind::kMutexLock;
  Stack taken_at;  // While recording.
};

enum class GoroutineState : uint8_t {
  kReady,     // On the ready list; its next operation is not known yet (E2).
  kAtOp,      // Stopped in OpBegin; `pending` is what it does if chosen.
  kRunning,   // The one that runs.
  kWaiting,   // Parked; a primitive will call Ready.
  kSleeping,  // Parked until `wake_ns`, or a timer that is armed.
  kDead,
};

struct Goroutine : internal::G {
  GoroutineIndex index = 0;
  GoroutineState state = GoroutineState::kDead;
  internal::Context context;
  absl::AnyInvocable<void() &&> task;

  // kAtOp: what it is about to do; later, what it did last.
  Operation pending;
  internal::host::OpEnabled enabled = nullptr;
  const void* enabled_arg = nullptr;
  // Whether it can go on. Inside of Blocking it will not wait: it goes on, and
  // is refused.
  bool Enabled() const {
    return enabled == nullptr || blocking > 0 || enabled(enabled_arg);
  }
  std::vector<const void*> objects;  // Of a select: all its channels.
  std::vector<const void*> touched;  // Behind Effect(): also those of others.
  bool only_looked = false;          // A select that has done nothing.
  int op_depth = 0;  // Operations that the goroutine is inside of.
  const internal::host::Purpose* purpose = nullptr;  // In other words.
  int blocking = 0;  // Calls of Blocking that the goroutine is inside of.

  // Where its stack ended when it last left its own code.
  uintptr_t left_at = 0;

  int64_t wake_ns = 0;
  internal::Timer* timer = nullptr;  // Makes its calls, and does nothing else.
  internal::Timer* alarm = nullptr;  // Ends its sleep, if nobody does before.

  // Of one that is a thread (posix_thread.cc).
  bool is_thread = false;
  bool released = false;  // Joined or detached.
  void* result = nullptr;
  uint64_t operations = 0;
  uint64_t passed_over = 0;  // Times that it could run and was not chosen.
  std::vector<HeldLock> held;
  std::vector<const void*> wanted;  // Of std::lock (posix_mutex.cc).
  // Of std::lock, too: locks of ours that it could not get together, and what
  // holds up the one that it asks for next (host.cc).
  std::vector<const void*> together;
  internal::host::OpEnabled first_enabled = nullptr;
  const void* first_arg = nullptr;

  // E5: the reads since its last write and since what they read was written,
  // and how often they only repeated.
  struct Read {
    const void* pc;
    const void* address;  // Within the object.
    const void* object;
    uint64_t value;
  };
  std::vector<Read> reads;
  // Its last operation, if that was a load of a std::atomic.
  const void* last_load_pc = nullptr;
  const void* last_load = nullptr;
  int fruitless = 0;
  bool spinning = false;
  int yields = 0;  // Gosched, and nothing else, so often in a row.

  // The C++ runtime's exception state while it does not run.
  void* caught_exceptions = nullptr;
  unsigned uncaught_exceptions = 0;

  std::string name;  // By rt::SetName.

  Stack op_stack;                // While recording: of its last operation,
  std::vector<CallFrame> calls;  // and of what is not over since.
  Stack created_at;
};

// "main", "thread 2", "goroutine 3", `goroutine 3 "reader"`.
inline std::string Called(const Goroutine& g) {
  if (g.index == 0) return "main";
  std::string text =
      (g.is_thread ? "thread " : "goroutine ") + std::to_string(g.id);
  return g.name.empty() ? text : text + " \"" + g.name + "\"";
}

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_GOROUTINE_H_
