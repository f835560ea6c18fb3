// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Minimize: a failure told by a shorter interleaving than the one in which it
// was found.
//
// A search comes to a failure on whatever way it goes: sampling switches at
// every other step. What is left to a reader is the interleaving with the
// fewest preemptions that we come to, among those the one with the fewest
// operations, then with the fewest switches and the smallest numbers drawn.
// It fails alike: the same verdict, for the same reason, at the same lines with
// the same locks held. So no other bug is shown than the one that was found.
//
// An interleaving is taken for a list of runs: a goroutine, and how many
// operations it has done in all when the next run begins. From the list runs
// are taken out, many at first and then one by one; they are joined with the
// next one of their goroutine, exchanged, and made longer or shorter. The
// execution follows the list as far as it can, and goes on without preemption
// where that ends. What fails alike and is shorter takes the place of the best
// so far, if its replay tells the same; so on until nothing is, or the budget
// is spent. (After Zeller and Hildebrandt, "Simplifying and isolating
// failure-inducing input", TSE 2002, and Jalbert and Sen, "A trace
// simplification technique for effective debugging of concurrent programs",
// FSE 2010.)
//
// The budget is counted in executions, operations and accesses, never timed:
// the same failure comes to the same story everywhere.

#ifndef RUNTIME_EXPLORER_MINIMIZE_H_
#define RUNTIME_EXPLORER_MINIMIZE_H_

#include <optional>

#include "absl/functional/function_ref.h"
#include "runtime/explorer/engine.h"
#include "runtime/explorer/strategy.h"
#include "runtime/explorer/verdict.h"

namespace rt::explorer {

// What Minimize asks of its caller: to run the body once, and to replay what
// the engine has just run, with a recording, and tell it; nothing if that goes
// another way.
using RunOnce = absl::FunctionRef<void(Strategy& strategy)>;
using TellLast = absl::FunctionRef<std::optional<Result>()>;

// Shortens `story`, which tells of the failure that the engine has come to
// last.
void Minimize(const Engine& engine, RunOnce run, TellLast tell, Result* story);

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_MINIMIZE_H_
