// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A body with a data race, compiled as the code under test is.

#ifndef RUNTIME_EXPLORER_SELF_CHECK_H_
#define RUNTIME_EXPLORER_SELF_CHECK_H_

namespace rt::explorer {

// Two goroutines increment one variable. If that is not found, the compiler did
// not instrument this file, or our answers to its calls are not linked.
void RaceOnPurpose();

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_SELF_CHECK_H_
