// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A scheduler whose M's are goroutines of the explorer, so that it tries the
// interleavings of idle.cc, find_runnable.cc, timers.cc, timer_heap.cc and
// futex.cc, unmodified: how work and timers wake M's, how M's fall asleep, and
// when all of them are.
//
// What stands in for the other files and for the kernel is in
// scheduler_doubles.cc. A goroutine has no stack here, but a task, which its M
// calls; while that waits for another one, it computes, as the scheduler sees
// it. The explorer executes atomic operations one after the other: the protocol
// is explored, not the fences.

#ifndef TESTS_CONFORMANCE_SCHEDULER_DOUBLES_H_
#define TESTS_CONFORMANCE_SCHEDULER_DOUBLES_H_

#include <functional>
#include <memory>
#include <vector>

#include "runtime/internal/goroutine.h"
#include "runtime/internal/sched.h"
#include "runtime/waitgroup.h"

namespace rt::internal {

// Within the body of a check, one at a time.
class ExploredScheduler {
 public:
  using Task = std::function<void(M* m)>;

  explicit ExploredScheduler(int procs);
  // Waits until one of the tasks has called Exit, and all threads have ended.
  ~ExploredScheduler();
  ExploredScheduler(const ExploredScheduler&) = delete;
  ExploredScheduler& operator=(const ExploredScheduler&) = delete;

  Scheduler& scheduler() { return scheduler_; }

  // Starts M's, each with an idle P. The first one runs a goroutine that does
  // `task`, the others have just run out of work.
  void Start(int ms, Task task);

  // Starts one that takes a P if one is idle: it comes back from a system call.
  void StartLate();

  // Has every M do `task` from now on when it begins to look for work.
  void OnSpin(std::function<void()> task);
  void BeginsToSpin() const { on_spin_(); }

  // A goroutine that is to do `task`.
  Goroutine* Make(Task task);

  // As Go and Ready do, called on m by the goroutine that runs there.
  void Spawn(M* m, Goroutine* g);
  void Ready(M* m, Goroutine* g);

  // The main goroutine returns, on m.
  void Exit(M* m);

  // Gives m its thread, which does `first`, then looks for work.
  void StartThread(M* m, Task first);

 private:
  struct Runnable : Goroutine {
    Task does;
  };

  M* NewM();

  Scheduler scheduler_;
  std::function<void()> on_spin_;
  std::vector<std::unique_ptr<Runnable>> goroutines_;
  WaitGroup threads_;
};

}  // namespace rt::internal

#endif  // TESTS_CONFORMANCE_SCHEDULER_DOUBLES_H_
