// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// How many goroutines there are, and how many may run at once.
//
// Threads: from any goroutine or thread. Blocks: nothing.

#ifndef RUNTIME_PROCS_H_
#define RUNTIME_PROCS_H_

namespace rt {

// How many goroutines exist, the caller's included.
int NumGoroutine();

// How many processors this program may use: the kernel's answer at the start.
int NumCPU();

// Sets how many goroutines may run at the same time, and returns the setting
// before. n <= 0 changes nothing. It starts as the environment variable
// GOMAXPROCS says, else as NumCPU(). After a decrease, goroutines that run now
// do so until they next block, yield or return.
int GOMAXPROCS(int n);

}  // namespace rt

#endif  // RUNTIME_PROCS_H_
