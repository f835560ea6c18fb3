// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// From addresses to a story: what of an execution goes into a Result.
//
// Everything is told in terms of the code under test: of each stack, the
// innermost call that lies in the workspace but not in runtime/ is shown.

#ifndef RUNTIME_EXPLORER_STORY_H_
#define RUNTIME_EXPLORER_STORY_H_

#include <cstdint>
#include <string>

#include "runtime/explorer/engine.h"
#include "runtime/explorer/verdict.h"

namespace rt::explorer {

// Of one that passed: "verified: all 6 interleavings", "no failure in 22420
// interleavings, among them all with at most 2 preemptions".
std::string PassedSummary(const Result& result);

// Fills verdict, summary, locations, goroutines, steps, order_hint and
// expectation of *result. `engine` has just run the failing interleaving;
// `recording` may be null: then there is no table and less to say.
void Describe(const Engine& engine, const Failure& failure,
              const Recording* recording, Result* result);

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_STORY_H_
