// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Execution traces: what the scheduler did, to be looked at in Perfetto
// (https://ui.perfetto.dev) or chrome://tracing.
//
//   CHECK_OK(rt::trace::Start("run.json"));
//   ...
//   CHECK_OK(rt::trace::Stop());
//
// A lane for each processor (P) shows which goroutine ran when, and why it
// stopped; arrows lead from a wake-up or a Go to the run that followed, and
// from a P to the one that stole from it. A lane for each thread (M) shows
// system calls and the search for work; sysmon has one of its own.
//
// A program that was started with RT_TRACE=run.json in its environment is
// traced from the beginning to its end, also if it dies.
//
// Threads: any, goroutine or not, also outside of rt::Run.
// Blocks:  Stop its kernel thread, until the file is written; wrap it in
//          rt::Blocking if other goroutines should run meanwhile.
// Cost:    some 50 ns for each event. A trace holds 8 million events, later
//          ones are dropped.
// Failure: a status that says what is wrong, from Start and Stop. A file that
//          RT_TRACE names and that cannot be written is a line on stderr; the
//          program goes on. Under the explorer nothing is traced, and both
//          say OK: its reports show the steps.

#ifndef RUNTIME_TRACE_H_
#define RUNTIME_TRACE_H_

#include <string>

#include "absl/status/status.h"

namespace rt::trace {

// Begins a trace, which Stop writes to `path`. Fails if one is being taken, or
// if the file cannot be created.
absl::Status Start(const std::string& path);

// Ends it and writes the file. Fails if none is being taken, or if the file
// cannot be written.
absl::Status Stop();

}  // namespace rt::trace

#endif  // RUNTIME_TRACE_H_
