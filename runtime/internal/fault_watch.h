// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Seeing to it that a report of a fault is written: by another thread, or, if
// that gets stuck, here, as far as it can be without memory or locks (D-071).

#ifndef RUNTIME_INTERNAL_FAULT_WATCH_H_
#define RUNTIME_INTERNAL_FAULT_WATCH_H_

#include "runtime/internal/fault_report.h"

namespace rt::internal {

// Waits until the program ends; ends it if the report gets stuck. In the
// handler of the fault's signal.
[[noreturn]] void WatchReport(const FaultReport& fault);

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_FAULT_WATCH_H_
