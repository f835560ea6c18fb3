// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/procs.h"

#include <sched.h>

#include <string>

#include "runtime/internal/host.h"
#include "runtime/internal/host_seeing.h"

namespace rt {

int NumGoroutine() { return internal::host::NumGoroutines(); }

int NumCPU() {
  static const int count = [] {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
    return CPU_COUNT(&set);
  }();
  return count;
}

int GOMAXPROCS(int n) { return internal::host::MaxProcs(n); }

void LockOSThread() { internal::host::LockThread(); }

void UnlockOSThread() { internal::host::UnlockThread(); }

std::string Stack() { return internal::host::Stacks(/*all=*/false); }

std::string CheckDeadlocks() { return internal::host::Deadlocks(); }

std::string AllStacks() { return internal::host::Stacks(/*all=*/true); }

}  // namespace rt
