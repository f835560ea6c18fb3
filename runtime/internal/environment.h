// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What the environment asks of the runtime, read when Run begins.
//
//   GOMAXPROCS=n            how many goroutines may run at once, from the start
//   GODEBUG=key=value,...   schedtrace=X: the scheduler's state each X ms;
//                           scheddetail=1: with every P, M and goroutine
//   RT_TRACE=file           take a trace of the whole Run (../trace.h)
//   GOTRACEBACK=level       none, single, all, system, crash: how much a
//                           program says when it dies
//
// A value that cannot be read is ignored, as in Go, but not silently: one line
// on stderr says so (D-044).

#ifndef RUNTIME_INTERNAL_ENVIRONMENT_H_
#define RUNTIME_INTERNAL_ENVIRONMENT_H_

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"

namespace rt::internal {

// How much a program says when it dies, and how.
enum class TracebackLevel : uint8_t {
  kNone,    // The message only.
  kSingle,  // And the goroutine that caused it; all, if there is none.
  kAll,     // Every goroutine.
  kSystem,  // With the runtime's own frames.
  kCrash,   // The same; then SIGABRT, for a core dump.
};

struct Environment {
  int procs = 0;          // 0: not set.
  int schedtrace_ms = 0;  // 0: off.
  bool scheddetail = false;
  TracebackLevel traceback = TracebackLevel::kSingle;
  std::string trace_path = {};  // Empty: none.

  // `get` is getenv, or a test's; `complain` gets a line for each value that is
  // ignored.
  static Environment Read(
      int max_procs, absl::FunctionRef<const char*(const char* name)> get,
      absl::FunctionRef<void(const std::string& line)> complain);
};

// The process's environment, as it was when a Run last began. Complaints go to
// stderr.
const Environment& LoadEnvironment(int max_procs);
const Environment& CurrentEnvironment();

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_ENVIRONMENT_H_
