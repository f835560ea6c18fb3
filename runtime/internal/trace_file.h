// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The trace as a file: Chrome's JSON trace event format, which Perfetto
// (ui.perfetto.dev) and chrome://tracing open.
//
//   process 1, "processors"  a lane for each P: who ran there, from when to
//                            when, and why it stopped; steals
//   process 2, "threads"     a lane for each M: system calls, the search for
//                            work; timers and the network when they make
//                            somebody ready; sysmon's lane; threads not ours
//   arrows                   from a wake-up or a Go to the run that it led to,
//                            from a P to the one that stole from it, from
//                            sysmon to the run that it had stopped and to the
//                            first one on a P that it took from a system call,
//                            and from where a goroutine was preempted to where
//                            it goes on
//
// Threads: any, one at a time. Blocks: for the writing of the file.

#ifndef RUNTIME_INTERNAL_TRACE_FILE_H_
#define RUNTIME_INTERNAL_TRACE_FILE_H_

#include <string>

namespace rt::internal {

// What went wrong; "" if nothing did.
std::string StartTrace(const std::string& path);
std::string StopTrace();

// If the environment asks for a trace of the Run that begins: starts it.
void StartTraceOfRun();
// Ends the one that is being taken, if there is one, since the program ends.
// Complains on stderr.
void FinishTrace();

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_TRACE_FILE_H_
