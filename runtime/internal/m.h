// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// M: a kernel thread that runs goroutines while it holds a P.
//
// Its own stack, on which the scheduler runs, is the thread's. A goroutine that
// stops running switches to it, or to the next goroutine if who that is needs
// no thought, and leaves word, in `after`, of what is to be done with it now
// that its registers are saved.

#ifndef RUNTIME_INTERNAL_M_H_
#define RUNTIME_INTERNAL_M_H_

#include <pthread.h>
#include <sys/types.h>

#include <atomic>
#include <cstdint>

#include "runtime/internal/context_switch.h"
#include "runtime/internal/futex.h"
#include "runtime/internal/goroutine.h"
#include "runtime/internal/host.h"
#include "runtime/internal/p.h"
#include "runtime/internal/pages.h"
#include "runtime/internal/sanitizer.h"

namespace rt::internal {

struct Scheduler;
struct Death;
struct StackRequest;

// Why a goroutine switched away.
enum class After : uint8_t {
  kPark,          // It waits, unless `commit` says no.
  kYield,         // To the end of the P's queue.
  kExit,          // It has returned.
  kExitBlocking,  // It came back from a blocking call and found no P.
  kDie,           // End the program as `death` says.
};

// A small generator (xorshift64*); statistics, not secrets.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed * 2 + 1) {}
  uint64_t Next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545f4914f6cdd1d;
  }
  // Uniform in [0, n), but for a bias below n / 2^32.
  uint32_t Below(uint32_t n) {
    return static_cast<uint32_t>(((Next() >> 32) * n) >> 32);
  }

 private:
  uint64_t state_;
};

// What the C++ runtime knows of the exceptions of a goroutine: the contents of
// its thread's __cxa_eh_globals.
struct Exceptions {
  void* caught = nullptr;
  void* uncaught = nullptr;  // A number.
};

struct M : OnPages {
  M(Scheduler* scheduler, int id)
      : scheduler(scheduler), id(id), random(static_cast<uint64_t>(id) + 1) {}

  // Constant after start.
  Scheduler* const scheduler;
  const int id;  // 0: the thread that called Run.
  pthread_t thread = {};
  Exceptions* exceptions = nullptr;  // The thread's.

  // The thread's own.
  Context context;  // Of its own stack, while a goroutine runs.
  Fiber fiber;
  // Who runs, or ran until now, if a switch is not over. Null: the M itself.
  Goroutine* current = nullptr;
  P* p = nullptr;            // Set by Take.
  bool spinning = false;     // Counted in Scheduler::spinning.
  int64_t polled_ns = 0;     // When it last looked at the network.
  int short_turns = 0;       // See network.cc.
  bool timer_moved = false;  // Its P's timers have a new first one.
  P* syscall_p = nullptr;    // What it held when its goroutine began to block.
  int syscall_depth = 0;     // Calls of Blocking inside of that one.
  Random random;
  // Its goroutine is in a system call. Read by the M that ends the program.
  std::atomic<bool> in_syscall{false};

  // The goroutine that only this thread may run; it runs no other.
  Goroutine* locked = nullptr;
  bool doomed = false;  // That goroutine returned: so does the thread.

  // For preemption: from sysmon, and from who writes a dump.
  std::atomic<pid_t> tid{0};
  std::atomic<uint64_t> preempt_request{0};  // See preempt.cc; 0: none.
  std::atomic<StackRequest*> stack_request{nullptr};

  // Chosen by the goroutine that switched away, but not to be switched to from
  // there: to run before others are looked for. Else null.
  Goroutine* chosen = nullptr;

  // From the goroutine that switches away.
  After after = After::kPark;
  host::ParkCommit commit = nullptr;
  void* commit_arg = nullptr;
  const Death* death = nullptr;

  // From whoever wakes it: set under Scheduler::mu, before parker.Wake().
  P* next_p = nullptr;
  bool next_spinning = false;
  bool started = false;  // Has a thread, or is getting it.
  // Guarded by Scheduler::mu. Idle: on the list of idle M's, or waiting for the
  // goroutine that is locked to it. Kept: sleeps in the signal handler, with
  // the goroutine that was preempted on it.
  // Spare: made by HaveSpareM, and has not come to WaitForP yet.
  bool idle = false;
  bool kept = false;
  bool spare = false;
  int64_t cpu_at_end_ns = 0;  // Its processor time when main returned.
  M* idle_next = nullptr;
  M* all_next = nullptr;
  ThreadParker parker;

  // The M holds `taken` from here on, or nothing if it is null.
  void Take(P* taken) {
    if (p != nullptr) p->holder.store(nullptr, std::memory_order_relaxed);
    p = taken;
    // Release: a new M is complete; pairs with sysmon's look at it.
    if (p != nullptr) p->holder.store(this, std::memory_order_release);
  }
};

extern "C" {
// For the function below only.
extern constinit thread_local M* rt_current_m;
}

// The calling thread's M; null on a thread of the user's. In assembly: the
// compiler may keep a thread-local's address across a switch to another thread.
inline M* CurrentM() {
  M* m;
#if defined(__x86_64__)
  asm volatile(
      "movq rt_current_m@gottpoff(%%rip), %0\n\t"
      "movq %%fs:(%0), %0"
      : "=r"(m)
      :
      : "memory");
#elif defined(__aarch64__)
  uintptr_t base;
  asm volatile(
      "mrs %1, tpidr_el0\n\t"
      "adrp %0, :gottprel:rt_current_m\n\t"
      "ldr %0, [%0, #:gottprel_lo12:rt_current_m]\n\t"
      "ldr %0, [%1, %0]"
      : "=&r"(m), "=&r"(base)
      :
      : "memory");
#endif
  return m;
}
void SetCurrentM(M* m);

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_M_H_
