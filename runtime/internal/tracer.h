// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Recording what the scheduler does, for rt::trace (../trace.h).
//
// Each thread that takes part has a buffer of its own, so events cost a few
// dozen nanoseconds while a trace is taken, and one relaxed load while none is.
//
// Threads: Trace from any, signal handlers and code that holds a RawMutex
//          included: it neither allocates from the heap nor waits. StartTracing
//          and StopTracing from one at a time.

#ifndef RUNTIME_INTERNAL_TRACER_H_
#define RUNTIME_INTERNAL_TRACER_H_

#include <atomic>
#include <cstdint>
#include <vector>

namespace rt::internal {

enum class TraceKind : uint8_t {
  kStart,         // g runs on the P, here.
  kStop,          // g stops running; detail: StopReason, WaitReason.
  kSpawn,         // g is new; arg: the address after the call of Go.
  kReady,         // g can run; detail: ReadyReason.
  kSteal,         // The P took g and others from P number arg.
  kSyscallEnter,  // g goes to block its thread,
  kSyscallExit,   // and comes back, with the P, or without if there is none.
  kRetake,        // sysmon takes P number arg from a system call.
  kPreempt,       // sysmon asks whoever is on P number arg to stop.
  kSpin,          // The M looks for work elsewhere,
  kSpinEnd,       // and does no more.
  kProcs,         // GOMAXPROCS becomes arg.
};

enum class StopReason : uint8_t { kPark, kYield, kExit, kPreempted };
enum class ReadyReason : uint8_t { kGoroutine, kTimer, kNetwork };

struct TraceEvent {
  int64_t ns;  // MonotonicNs.
  uint64_t g;  // A goroutine's id; 0: none.
  uint64_t arg;
  int32_t m;  // Whose thread; -1: none of ours.
  int16_t p;  // What that holds; -1: nothing.
  TraceKind kind;
  uint8_t detail;  // kStop: StopReason in the lower 3 bits, then WaitReason.
};

extern constinit std::atomic<bool> tracing;

void TraceSlow(TraceKind kind, uint64_t g, uint64_t arg, uint8_t detail);

inline void Trace(TraceKind kind, uint64_t g, uint64_t arg = 0,
                  uint8_t detail = 0) {
  // Relaxed: what begins to be seen a little late does no harm.
  if (tracing.load(std::memory_order_relaxed)) [[unlikely]] {
    TraceSlow(kind, g, arg, detail);
  }
}

// False if a trace is being taken already.
bool StartTracing();

struct TraceRecord {
  int64_t begin_ns = 0;
  int64_t end_ns = 0;
  int64_t dropped = 0;             // Events that there was no room for.
  std::vector<TraceEvent> events;  // In order of time.
};

// Ends the recording and hands it over.
TraceRecord StopTracing();

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_TRACER_H_
