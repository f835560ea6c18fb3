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
// Threads: any. Blocks: Stop, until the file is written. Cost: some 50 ns for
// each event; a trace holds 8 million events, later ones are dropped. Under the
// explorer nothing is traced: its reports show the steps.

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
