// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What a report says of a fault, made in the handler of its signal: without
// memory or locks.

#ifndef RUNTIME_INTERNAL_FAULT_REPORT_H_
#define RUNTIME_INTERNAL_FAULT_REPORT_H_

#include <signal.h>
#include <ucontext.h>

#include "runtime/internal/frames.h"
#include "runtime/internal/goroutine.h"

namespace rt::internal {

// As Death, but with room of its own.
struct FaultReport {
  Goroutine* goroutine = nullptr;
  char headline[256] = {};
  bool all = true;
  void* pcs[kMaxShownFrames] = {};
  int size = 0;
};

// These set the headline, and whether other goroutines are shown.

// The goroutine's stack is used up.
void DescribeOverflow(FaultReport* report);

// Any other fault. `m_id` is the number of the M that met it.
void DescribeFault(int signal, const siginfo_t& info, const ucontext_t& context,
                   int m_id, FaultReport* report);

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_FAULT_REPORT_H_
