// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// SchedulerState: all that the threads of the scheduler share.

#ifndef RUNTIME_INTERNAL_SCHED_STATE_H_
#define RUNTIME_INTERNAL_SCHED_STATE_H_

#include <signal.h>

#include <atomic>
#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "runtime/internal/doze.h"
#include "runtime/internal/futex.h"
#include "runtime/internal/goroutine.h"
#include "runtime/internal/host.h"
#include "runtime/internal/m.h"
#include "runtime/internal/p.h"
#include "runtime/internal/raw_mutex.h"
#include "runtime/internal/timer_heap.h"

namespace rt::internal {

inline constexpr int kMaxProcs = host::kMaxPins;

struct SchedulerState {
  enum class World : uint8_t {
    kRunning,
    kExiting,  // The main goroutine has returned: threads end.
    kFrozen,   // The program dies: threads stop where they are.
  };

  std::atomic<World> world{World::kRunning};

  // Whether suspended goroutines must stay so, for a dump (traceback.h).
  enum class Hold : uint8_t { kNone, kPaused, kFrozen };
  std::atomic<Hold> hold{Hold::kNone};

  sigset_t signal_mask = {};  // Of all M's: that of the thread that called Run.

  // P's, by number; [0, ps_made) are not null. A P lives as long as the rest.
  std::atomic<P*> ps[kMaxProcs] = {};
  std::atomic<int> ps_made{0};  // Written under mu.
  std::atomic<int> procs{0};    // GOMAXPROCS. Written under mu.

  std::atomic<int> spinning{0};
  std::atomic<int> idle_ps{0};          // Length of idle_p. Written under mu.
  std::atomic<int64_t> global_size{0};  // Of global. Written under mu.
  std::atomic<int64_t> started_outside{0};  // Spawned without a P.
  std::atomic<uint64_t> next_id{1};

  // Not beside what all look at without it.
  alignas(64) RawMutex mu{LockRank::kSched};
  GoroutineList global ABSL_GUARDED_BY(mu);
  P* idle_p ABSL_GUARDED_BY(mu) = nullptr;
  M* idle_m ABSL_GUARDED_BY(mu) = nullptr;
  Doze doze;
  int idle_ms ABSL_GUARDED_BY(mu) = 0;
  int kept_ms ABSL_GUARDED_BY(mu) = 0;  // See M::kept.
  M* all_ms ABSL_GUARDED_BY(mu) = nullptr;
  int total_ms ABSL_GUARDED_BY(mu) = 0;
  int ended_ms ABSL_GUARDED_BY(mu) = 0;  // Of them, with the goroutine that was
                                         // locked to them.
  int next_m_id ABSL_GUARDED_BY(mu) = 0;
  // The M that sleeps until the next timer is due; it is not on idle_m.
  M* timer_m ABSL_GUARDED_BY(mu) = nullptr;
  // Until when; kNever if there is none, or no timer. Written under mu.
  std::atomic<int64_t> timer_m_until_ns{TimerHeap::kNever};
  // It sleeps in the network poller, not in its parker.
  bool timer_m_polls ABSL_GUARDED_BY(mu) = false;
  std::atomic<bool> watched{false};  // The same, for sysmon.

  std::atomic<bool> main_exited{false};  // The main goroutine called Goexit.

  // How many M's have left their loop, or never will (see FinishMain).
  std::atomic<int> stopped_ms{0};
  ThreadParker stopped;  // The M that ends the program waits here.

  // Observed by tests.
  std::atomic<int64_t> steals{0};
  std::atomic<int64_t> syscall_other_p{0};  // Came back to another idle P,
  std::atomic<int64_t> syscall_queued{0};   // or to none.
  std::atomic<int64_t> preemptions{0};
  std::atomic<int64_t> preemptions_refused{0};  // By the signal handler.
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_SCHED_STATE_H_
