// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// How many goroutines there are, how many may run at once, where they are, and
// on which kernel thread.
//
// Threads: from any goroutine or thread, but (Un)LockOSThread from a goroutine.
// Blocks:  nothing; GOMAXPROCS(n) may let others run first, n > 0.
// Failure: GOMAXPROCS outside of rt::Run is fatal, as is (Un)LockOSThread where
//          no goroutine runs.

#ifndef RUNTIME_PROCS_H_
#define RUNTIME_PROCS_H_

#include <string>

namespace rt {

// How many goroutines exist, the caller's included.
int NumGoroutine();

// How many processors this program may use: the kernel's answer at the start.
int NumCPU();

// Sets how many goroutines may run at the same time, and returns the setting
// before. n <= 0 changes nothing; more than 1024 is taken for 1024, the most
// that there can be. It starts as the environment variable GOMAXPROCS says,
// else as NumCPU(). After a decrease, goroutines that run now
// do so until they next block, yield or return, or have run for 10 ms.
int GOMAXPROCS(int n);

// Binds the calling goroutine to its kernel thread, for libraries that keep
// something for each thread: it runs on no other, and no other goroutine runs
// there, until UnlockOSThread has been called as often. When a goroutine
// returns while it is bound, its thread ends (but not the one that called
// rt::Run). Switches to and from such a goroutine are slow: two threads take
// part in each.
void LockOSThread();

// Undoes one LockOSThread; nothing if there is none to undo.
void UnlockOSThread();

// The stack of the calling goroutine, as the report of a fatal error shows it:
//
//   goroutine 7 [running]:
//   main::Serve(int)
//   	lessons/10_channels/server.cc:31
//   created by main::lambda in goroutine 1
//   	lessons/10_channels/server.cc:12
//
// Empty on a thread that runs no goroutine.
std::string Stack();

// The same of every goroutine, the caller's first, with an empty line between
// two. Those that wait say for what, and for how many minutes if it is one or
// more. While it looks, nobody begins to run; those that run go on, after a
// signal that asks their threads where they are. Not shown are the stacks of
// those in Blocking, whose calls a signal would cut short.
std::string AllStacks();

// Goroutines that wait for each other's locks, while others may go on: a
// paragraph for each circle, with who holds what and where it was taken.
//
//   deadlock: goroutines 7 and 8 wait for each other
//   	goroutine 7 locked Mutex a at x.cc:12 and waits at x.cc:13 for Mutex b
//   	goroutine 8 locked Mutex b at x.cc:20 and waits at x.cc:21 for Mutex a
//
// Also a line for each lock that somebody waits for and whose holder has ended
// without unlocking it. Empty if there is neither. Only who is in none of them
// could still unlock such a lock. The same stands at the end of the report of a
// program that died of a deadlock, or of SIGQUIT.
//
// Known are the holders of Mutex, Once and, for writing, RWMutex; not who has a
// RWMutex for reading, may send on a channel or count down a WaitGroup. Under
// the explorer, which finds deadlocks itself, always empty.
std::string CheckDeadlocks();

}  // namespace rt

#endif  // RUNTIME_PROCS_H_
