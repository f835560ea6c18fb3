// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What must hold of each failure that is told by a shorter interleaving than
// the one found (runtime/explorer/minimize.h).

#ifndef TESTS_EXPLORER_SHORTENING_H_
#define TESTS_EXPLORER_SHORTENING_H_

#include "absl/functional/function_ref.h"
#include "runtime/explorer/explore.h"

namespace rt::explorer {

// Expects of a body, by whichever search its failure is found: the story told
// has the verdict of the one found, no more preemptions and, with as many, no
// more operations; and its replay tells the same. How much shorter it is, is
// recorded with the test. Some search must find a failure.
void ExpectToldShortly(const Options& options, absl::FunctionRef<void()> body);

}  // namespace rt::explorer

#endif  // TESTS_EXPLORER_SHORTENING_H_
