// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// ThreadMaker: the thread that starts the threads of M's.
//
// pthread_create takes locks of the C library and of the allocator, and a
// goroutine that was preempted may hold one. So nobody calls it who keeps that
// goroutine from going on: neither who holds a P, nor sysmon (D-091).
//
// Threads: Start and Stop from Run; Make from any, also in a signal handler.
//
// After Go's template thread (runtime/proc.go), which starts the threads for
// who has changed its own.

#ifndef RUNTIME_INTERNAL_THREAD_MAKER_H_
#define RUNTIME_INTERNAL_THREAD_MAKER_H_

#include <pthread.h>

#include <atomic>

#include "runtime/internal/futex.h"

namespace rt::internal {

struct M;
struct Scheduler;

// Starts a thread that no signal to the process disturbs, or ends the program.
// `name` has at most 15 characters.
pthread_t StartHelper(const char* name, void* arg, void* (*run)(void*));

// No more threads to be had.
[[noreturn]] void DieOfThreads(int have, int error);

class ThreadMaker {
 public:
  explicit ThreadMaker(Scheduler* scheduler) : scheduler_(scheduler) {}
  ThreadMaker(const ThreadMaker&) = delete;
  ThreadMaker& operator=(const ThreadMaker&) = delete;

  void Start();
  // Waits until each M that was given to Make has its thread.
  void Stop();

  // Soon, m has a thread. If the system has no more, the program ends, but for
  // a spare m, which is forgotten.
  void Make(M* m);

 private:
  void Serve();

  Scheduler* const scheduler_;
  pthread_t thread_ = {};
  ThreadParker parker_;
  std::atomic<M*> wanted_{nullptr};  // Linked by M::idle_next, the last first.
  std::atomic<bool> stop_{false};
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_THREAD_MAKER_H_
