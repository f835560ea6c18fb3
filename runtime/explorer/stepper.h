// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Stepping through the interleaving of a report: one step after the other, or
// back, with the source around it.

#ifndef RUNTIME_EXPLORER_STEPPER_H_
#define RUNTIME_EXPLORER_STEPPER_H_

#include <istream>
#include <ostream>

#include "runtime/explorer/verdict.h"

namespace rt::explorer {

// Shows the steps of `result` on `out` as the lines of `in` ask for it, until
// one says "q" or there are no more. Without steps it says so.
void StepThrough(const Result& result, std::istream& in, std::ostream& out);

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_STEPPER_H_
