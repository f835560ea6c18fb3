// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A benchmark in a process of its own: nothing of the memory, the free stacks
// and the threads of another one is there.

#ifndef TESTS_BENCH_CHILD_H_
#define TESTS_BENCH_CHILD_H_

#include <string>
#include <vector>

#include "tests/bench/harness.h"

namespace bench {

// Runs `benchmark` in a new process of this program with GOMAXPROCS=procs, or
// in one for each repetition if it needs fresh ones. Ends the program if one
// fails; what it printed to stderr has gone to ours.
std::vector<Series> RunInChildren(const Benchmark& benchmark, int procs,
                                  Effort effort);

// The child's side: runs `benchmark` in this process, and prints its samples
// for RunInChildren.
void RunAsChild(const Benchmark& benchmark, Effort effort);

}  // namespace bench

#endif  // TESTS_BENCH_CHILD_H_
