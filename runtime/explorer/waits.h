// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What goroutines wait for, in words.

#ifndef RUNTIME_EXPLORER_WAITS_H_
#define RUNTIME_EXPLORER_WAITS_H_

#include <string>

#include "runtime/explorer/engine.h"

namespace rt::explorer {

// "goroutine 3 waits for `mu_`, which main holds".
std::string WaitsText(const Engine& engine, const BlockedGoroutine& b);

// What would keep those from waiting that were left in the last execution;
// empty if nothing is known.
std::string BlockedHint(const Engine& engine);

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_WAITS_H_
