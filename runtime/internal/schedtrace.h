// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The scheduler's state in the format of Go's GODEBUG=schedtrace=1000: one
// line,
//
//   SCHED 1004ms: gomaxprocs=2 idleprocs=1 threads=4 spinningthreads=0
//   needspinning=0 idlethreads=1 runqueue=0 [ 0 3 ] schedticks=[ 61 17 ]
//
// (without the break), and with scheddetail=1 a line for each P, M and
// goroutine. In [ ] are the lengths of the P's queues. Statuses have Go's
// numbers: of a P, 0 idle, 1 running, 2 in a system call; of a goroutine, 1
// runnable, 2 running, 3 in a system call, 4 waiting, 9 preempted.
//
// What has no counterpart here (needspinning, gcwaiting, mallocing, ...) is 0.

#ifndef RUNTIME_INTERNAL_SCHEDTRACE_H_
#define RUNTIME_INTERNAL_SCHEDTRACE_H_

#include <cstddef>
#include <cstdint>

namespace rt::internal {

struct Scheduler;

// Gets the text in pieces.
using SchedTraceSink = void (*)(const char* text, size_t size, void* arg);

// A snapshot, not exact while goroutines run. Neither allocates nor waits for
// what a goroutine may hold: sysmon calls it.
void WriteSchedTrace(Scheduler* scheduler, int64_t since_start_ms,
                     bool detailed, SchedTraceSink sink, void* arg);

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_SCHEDTRACE_H_
