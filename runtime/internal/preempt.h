// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Preemption: a goroutine that has run for 10 ms, while others wait, is stopped
// wherever it is.
//
// C++ cannot be moved to another thread at any instruction: it may hold the
// lock of malloc, or use something thread-local. So a goroutine that is
// preempted keeps its thread, and the P changes it:
//
//   sysmon            makes sure that an idle M exists, sends SIGURG
//   the handler       gives the P to that M, puts the goroutine on the global
//                     queue, and sleeps, on the thread and on top of the
//                     goroutine as it is
//   who finds it      gives its own P to the thread that sleeps, and goes idle
//   the handler       returns
//
// A dump uses the same signal to ask a thread where its goroutine is.
//
// Never more than GOMAXPROCS goroutines run. Refused, and tried again soon: in
// a NoPreempt region; on another stack than the goroutine's; and, for some
// milliseconds, inside of the C library, where the goroutine is likely to hold
// a lock that the others will want next.
//
// KLT-switching, after Shiina, Iwasaki, Taura, Balaji: "Lightweight preemptive
// user-level threads" (PPoPP 2021).
//
// Threads: RequestPreemption from sysmon.

#ifndef RUNTIME_INTERNAL_PREEMPT_H_
#define RUNTIME_INTERNAL_PREEMPT_H_

#include <cstdint>

#include "runtime/internal/goroutine.h"
#include "runtime/internal/m.h"
#include "runtime/internal/p.h"
#include "runtime/internal/traceback.h"

namespace rt::internal {

// The signal handler; once per process. A handler that the program has for
// SIGURG is still called for signals that are not ours.
void InstallPreemption();

// Asks the M that holds p to stop its goroutine, if p still has the same tick.
// `hard`: in the C library, too.
void RequestPreemption(P* p, uint32_t tick, bool hard);

// The stack of g, which was seen to run, to be in a system call, or to be kept
// by its thread, from that thread; false if it does not answer in time, or g is
// not there any more. While other goroutines may not begin to run.
bool AskThread(Goroutine* g, GStatus seen, StackRequest* request,
               int64_t deadline_ns);

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_PREEMPT_H_
