// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// rt::Run for programs that run. Programs that are explored get the explorer's.

#include "runtime/run.h"

#include "absl/functional/any_invocable.h"
#include "runtime/internal/environment.h"
#include "runtime/internal/sched.h"
#include "runtime/internal/trace_file.h"
#include "runtime/procs.h"

namespace rt {
namespace {

int InitialProcs() {
  int n = internal::LoadEnvironment(internal::kMaxProcs).procs;
  return n > 0 ? n : NumCPU();
}

}  // namespace

int Run(absl::AnyInvocable<void()> main) {
  internal::Scheduler scheduler;
  scheduler.Claim();
  int procs = InitialProcs();
  internal::StartTraceOfRun();
  scheduler.Run([&main] { main(); }, procs);
  return 0;
}

}  // namespace rt
