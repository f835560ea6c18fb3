// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What is asked of an execution, and what is left of it: for reports.

#ifndef RUNTIME_EXPLORER_EXECUTION_H_
#define RUNTIME_EXPLORER_EXECUTION_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/explorer/goroutine.h"
#include "runtime/explorer/operation.h"
#include "runtime/explorer/race_detector.h"
#include "runtime/explorer/verdict.h"
#include "runtime/internal/g.h"

namespace rt::explorer {

// The block of the heap that a failure is about.
struct FailedBlock {
  const void* address = nullptr;  // Null if it is about none.
  GoroutineIndex goroutine = 0;   // Who allocated it,
  Stack allocated_at;             // where, while recording.
  bool is_leak = false;
  bool is_access = false;  // Around the block; if not, a free.
  bool is_write = false;   // If is_access.
};

// Why an execution failed.
struct Failure {
  Verdict verdict = Verdict::kPassed;
  std::string text;              // Of the panic or expectation.
  GoroutineIndex goroutine = 0;  // Who failed, if somebody did.
  Stack stack;                   // Where.
  Race race;                     // If kRace.
  FailedBlock block;
  std::string file;  // Of the expectation.
  int line = 0;
};

// A waiting goroutine at the end of an execution.
struct BlockedGoroutine {
  GoroutineIndex goroutine = 0;
  OpKind kind = OpKind::kGosched;
  const void* object = nullptr;
  internal::WaitReason reason = internal::WaitReason::kNone;
};

// What a recorded execution leaves for the report.
struct Recording {
  enum class Kind : uint8_t {
    kOperation,
    kSpawn,
    kAccess,
    kSpurious,
    kOldRead
  };
  struct Step {
    Kind kind = Kind::kOperation;
    GoroutineIndex goroutine = 0;
    Operation op;
    GoroutineIndex child = 0;  // If kSpawn.
    bool is_write = false;     // If kAccess.
    bool is_free = false;      // Likewise.
    std::string value;         // If kOldRead; empty if it says nothing.
    size_t replaced_in = 0;    // The step of the next store, likewise.
    Stack stack;
  };
  struct Side {  // Of a race.
    Stack stack;
    std::vector<HeldLock> held;
  };
  std::vector<Step> steps;
  Side earlier;
  Side later;
};

struct ExecutionOptions {
  uint64_t max_steps = 10'000;
  int max_fruitless_reads = 2;
  bool yields_in_vain = false;  // A Gosched passes nobody over.
  uint64_t max_spurious_wakeups = 1;
  bool weak_memory = false;     // Loads of a std::atomic may return old stores.
  int64_t max_virtual_ns = 0;   // 0: no limit.
  bool refuse_polling = false;  // Nobody spins (E5) while time passes.
  // As in a program, nobody is waited for when main has returned. What others
  // can still do before the clock moves, they might have done before.
  bool main_return_ends = false;
  bool may_lose_memory = false;
  bool keep_allocations = false;  // Where each block was allocated.
  // For a second run of a failing schedule.
  Recording* recording = nullptr;
  uint64_t earlier_access = 0;  // The accesses of whom to keep the stacks.
  uint64_t later_access = 0;
};

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_EXECUTION_H_
