// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Sysmon: the thread that watches the others, and needs no P for it.
//
// It looks at all P's, round after round: every 20 µs at first; after 50 rounds
// in which there was nothing to do the pause doubles, up to 10 ms. A round
//   * takes the P from a system call that has lasted for 20 µs,
//   * has a goroutine preempted (preempt.h) that ran for 10 ms while others
//     wait, unless the kernel kept its thread from running, or whose P is one
//     too many since GOMAXPROCS was lowered,
//   * polls the network if nobody did for 10 ms,
//   * prints the scheduler's state if GODEBUG=schedtrace asks for it,
//   * ends the program with a dump if SIGQUIT has come, or a fault.
// When every P has been idle for some rounds it rests until one goes to work:
// an idle program uses no processor time.
//
// Threads: Start and Stop from Run; Hurry and WakeFromRest from any; the rest
//          is the watching thread's own.
//
// After Go's sysmon (runtime/proc.go).

#ifndef RUNTIME_INTERNAL_SYSMON_H_
#define RUNTIME_INTERNAL_SYSMON_H_

#include <pthread.h>
#include <sys/types.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <limits>
#include <vector>

#include "runtime/internal/futex.h"
#include "runtime/internal/p.h"

namespace rt::internal {

struct Scheduler;

// How the kernel sees a thread of this process: 'R' runs or waits for a
// processor, 'S' sleeps, and others (proc(5)); 0 if it cannot be told.
char ThreadState(pid_t tid);

// How long sysmon pauses.
class Pace {
 public:
  static constexpr int64_t kShortestNs = 20'000;
  static constexpr int64_t kLongestNs = 10'000'000;
  static constexpr int kRoundsBeforeSlower = 50;

  // The pause before the next round, after one in which there was something to
  // do or not. It grows up to `longest_ns`, or kLongestNs.
  int64_t Next(bool busy, int64_t longest_ns) {
    idle_rounds_ = busy ? 0 : idle_rounds_ + 1;
    if (busy) {
      pause_ns_ = kShortestNs;
    } else if (idle_rounds_ > kRoundsBeforeSlower) {
      pause_ns_ = std::min({2 * pause_ns_, longest_ns, kLongestNs});
    }
    return pause_ns_;
  }

 private:
  int64_t pause_ns_ = kShortestNs;
  int idle_rounds_ = 0;
};

class Sysmon {
 public:
  explicit Sysmon(Scheduler* scheduler) : scheduler_(scheduler) {}
  Sysmon(const Sysmon&) = delete;
  Sysmon& operator=(const Sysmon&) = delete;

  void Start();
  // The world is exiting; waits for the thread to end.
  void Stop();

  // There is something to watch: the pause is cut short.
  void Hurry() {
    // Sequentially consistent: the caller has published what there is to see,
    // and looks whether sysmon sleeps; sysmon says that it will sleep, and
    // looks once more.
    if (drowsy_.load(std::memory_order_seq_cst)) HurrySlow();
  }

  // Ends the program from the watching thread: for a fault, if there was one,
  // or as SIGQUIT does. For their handlers.
  void Quit() {
    quit_.store(true, std::memory_order_release);
    parker_.Wake();
  }

  // A P goes to work. Under Scheduler::mu.
  void WakeFromRest() {
    if (resting_.load(std::memory_order_relaxed)) WakeFromRestSlow();
  }

  // Looks at all P's, at this time. True if there was something to do. For the
  // watching thread, and for tests in which there is none.
  bool Round(int64_t now_ns);

  // Observed by tests.
  std::atomic<int64_t> rounds{0};
  std::atomic<int64_t> pause_ns{0};  // Before the next round, at most.
  std::atomic<int64_t> rests{0};
  std::atomic<int64_t> retakes{0};  // P's taken from system calls.

  bool resting() const { return resting_.load(std::memory_order_relaxed); }

 private:
  // Since when a P's holder has been at the same.
  struct Stretch {
    M* holder = nullptr;
    int64_t since_ns = 0;
    int64_t cpu_ns = 0;  // The processor time of its thread then.
  };

  // What was seen of a P.
  struct Seen {
    PStatus status = PStatus::kIdle;
    uint32_t tick = 0;
    Stretch turn;             // With this tick.
    uint32_t slice_tick = 0;  // P::slice_tick.
    Stretch slice;
    int tries = 0;         // How often its goroutine has been asked to stop,
    int64_t tried_ns = 0;  // the last time.
  };

  void Watch();
  bool LookAt(P* p, Seen* seen);
  bool Preempt(P* p, Seen* seen);
  void EndSlice(P* p, Seen* seen);
  bool Retake(P* p, Seen* seen);
  bool KeptFromRunning(const Stretch& stretch) const;
  // Until a P goes to work; false if one does already.
  bool Rest();
  // Prints the scheduler's state if it is time for it.
  void Trace();
  void HurrySlow();
  void WakeFromRestSlow();
  bool AnyInSyscall() const;

  Scheduler* const scheduler_;
  pthread_t thread_ = {};
  ThreadParker parker_;
  std::atomic<bool> drowsy_{false};   // Sleeps for longer than the least pause.
  std::atomic<bool> resting_{false};  // Written under Scheduler::mu.
  std::atomic<bool> quit_{false};

  int64_t now_ns_ = 0;  // When the round began.
  int64_t next_ns_ =
      0;  // When there will be something to do, if nothing changes.
  std::vector<Seen> seen_;   // By number of the P.
  uint64_t ticks_ = 0;       // Of all P's: whether anything ran at all.
  bool work_waits_ = false;  // There are goroutines that could run.
  bool moved_ = false;       // They have changed.
  int64_t first_trace_ns_ = 0;
  int64_t next_trace_ns_ = std::numeric_limits<int64_t>::max();
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_SYSMON_H_
