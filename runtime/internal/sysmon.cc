// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/sysmon.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <string_view>

#include "runtime/internal/check.h"
#include "runtime/internal/choose.h"
#include "runtime/internal/death.h"
#include "runtime/internal/environment.h"
#include "runtime/internal/fault.h"
#include "runtime/internal/futex.h"
#include "runtime/internal/host.h"
#include "runtime/internal/preempt.h"
#include "runtime/internal/raw_mutex.h"
#include "runtime/internal/sched.h"
#include "runtime/internal/schedtrace.h"
#include "runtime/internal/thread_maker.h"
#include "runtime/internal/tracer.h"

namespace rt::internal {
namespace {

// How long a system call may last with its P.
constexpr int64_t kSyscallNs = 20'000;

// Rounds at the longest pause with all P's idle before it rests. A program that
// waits for a timer every few milliseconds would otherwise wake it every time.
constexpr int kRoundsBeforeRest = 8;

// How long a goroutine may run while others wait.
constexpr int64_t kSliceNs = 10'000'000;

// How often it is asked to stop until it does; inside of the C library, too,
// after so many times.
constexpr int64_t kAgainNs = 50'000;
constexpr int kTriesBeforeHard = 40;
constexpr int64_t kHardNs = 1'000'000;

// A thread that the kernel does not let run is looked at so often, and waited
// for so long.
constexpr int64_t kStarvedNs = 1'000'000;
constexpr int64_t kStarvedAtMostNs = 1'000'000'000;

// The longest pause while somebody waits for a P: a goroutine that computes was
// seen to begin with this delay at most.
constexpr int64_t kLongestBusyNs = 2'000'000;

// How long the network may go without a look; with an idle P to run who is
// woken.
constexpr int64_t kPollNs = 10'000'000;
constexpr int64_t kIdlePollNs = 1'000'000;

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

}  // namespace

char ThreadState(pid_t tid) {
  char path[64];
  snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return '\0';
  char text[128];
  ssize_t size = read(fd, text, sizeof(text));
  close(fd);
  // "number (name) state ..."; a name may have anything in it.
  std::string_view line(text, size > 0 ? static_cast<size_t>(size) : 0);
  size_t end = line.rfind(')');
  return end != line.npos && end + 2 < line.size() ? line[end + 2] : '\0';
}

void Sysmon::Start() {
  // Here, and not by the thread itself: see fault.h.
  seen_.reserve(kMaxProcs);
  thread_ = StartHelper("rt-sysmon", this, [](void* self) -> void* {
    static_cast<Sysmon*>(self)->Watch();
    return nullptr;
  });
}

void Sysmon::Stop() {
  parker_.Wake();
  pthread_join(thread_, nullptr);
}

void Sysmon::HurrySlow() {
  // One of several wakes it.
  if (drowsy_.exchange(false, std::memory_order_seq_cst)) parker_.Wake();
}

void Sysmon::WakeFromRestSlow() {
  resting_.store(false, std::memory_order_relaxed);
  parker_.Wake();
}

void Sysmon::Watch() {
  prctl(PR_SET_TIMERSLACK, 1);
  if (CurrentEnvironment().schedtrace_ms > 0) {
    first_trace_ns_ = next_trace_ns_ = MonotonicNs();
  }
  Pace pace;
  bool busy = true;
  int rest_rounds = 0;
  // Acquire: as in FindRunnable.
  while (scheduler_->world.load(std::memory_order_acquire) ==
         Scheduler::World::kRunning) {
    // Within a millisecond, who computes may make others miss the network.
    bool may_miss = moved_ && scheduler_->NetworkAwaited();
    int64_t pause = pace.Next(busy, may_miss ? kIdlePollNs : Pace::kLongestNs);
    pause_ns.store(pause, std::memory_order_relaxed);
    int64_t longest = work_waits_ ? kLongestBusyNs : Pace::kLongestNs;
    int64_t wake_ns =
        std::min(MonotonicNs() + std::min(pause, longest), next_ns_);
    bool hurried = false;
    if (pause > Pace::kShortestNs) {
      drowsy_.store(true, std::memory_order_seq_cst);
      hurried = AnyInSyscall();
      if (!hurried) parker_.Sleep(wake_ns);
      hurried |= !drowsy_.exchange(false, std::memory_order_seq_cst);
    } else {
      parker_.Sleep(wake_ns);
    }
    busy = Round(MonotonicNs()) || hurried;
    bool still = !moved_ && pause == Pace::kLongestNs;
    rest_rounds = still ? rest_rounds + 1 : 0;
    bool traces = next_trace_ns_ != kNever;
    if (rest_rounds >= kRoundsBeforeRest && !traces && Rest()) {
      busy = true;
      rest_rounds = 0;
    }
  }
}

bool Sysmon::Round(int64_t now_ns) {
  Bump(rounds);
  now_ns_ = now_ns;
  if (quit_.load(std::memory_order_acquire)) {
    DieIfFaulted();
    Die({.headline = "SIGQUIT: quit"});
  }
  Trace();
  next_ns_ = next_trace_ns_;
  work_waits_ = scheduler_->WorkExists();
  uint64_t ticks = 0;
  bool busy = false;
  int made = scheduler_->ps_made.load(std::memory_order_acquire);
  if (seen_.size() < static_cast<size_t>(made)) seen_.resize(made);
  for (int i = 0; i < made; ++i) {
    P* p = scheduler_->ps[i].load(std::memory_order_acquire);
    ticks += p->tick.load(std::memory_order_relaxed);
    ticks += p->syscall_tick.load(std::memory_order_relaxed);
    if (LookAt(p, &seen_[i])) busy = true;
  }
  // Relaxed: a late look does no harm.
  if (!scheduler_->watched.load(std::memory_order_relaxed)) {
    bool idle_p = scheduler_->idle_ps.load(std::memory_order_relaxed) > 0;
    scheduler_->PollNetworkIfIdle(idle_p ? kIdlePollNs : kPollNs);
  }
  moved_ = ticks != ticks_;
  ticks_ = ticks;
  return busy;
}

void Sysmon::Trace() {
  if (now_ns_ < next_trace_ns_) return;
  constexpr int64_t kMillisecondNs = 1'000'000;
  const Environment& environment = CurrentEnvironment();
  next_trace_ns_ = now_ns_ + environment.schedtrace_ms * kMillisecondNs;
  WriteSchedTrace(
      scheduler_, (now_ns_ - first_trace_ns_) / kMillisecondNs,
      environment.scheddetail,
      [](const char* text, size_t size, void*) { WriteStderr(text, size); },
      nullptr);
}

bool Sysmon::LookAt(P* p, Seen* seen) {
  PStatus status = p->status.load(std::memory_order_relaxed);
  uint32_t tick = (status == PStatus::kSyscall ? p->syscall_tick : p->tick)
                      .load(std::memory_order_relaxed);
  M* holder = p->holder.load(std::memory_order_acquire);
  if (seen->status != status || seen->tick != tick ||
      seen->turn.holder != holder) {
    bool running = status == PStatus::kRunning && holder != nullptr;
    *seen = {.status = status,
             .tick = tick,
             .turn = {.holder = holder,
                      .since_ns = now_ns_,
                      .cpu_ns = running ? CpuNs(*holder) : 0},
             .slice_tick = seen->slice_tick,
             .slice = seen->slice};
  }
  switch (status) {
    case PStatus::kRunning:
      return Preempt(p, seen);
    case PStatus::kSyscall:
      return Retake(p, seen);
    case PStatus::kIdle:
    case PStatus::kRetired:
      return false;
  }
  return false;
}

// Goroutines that only make each other ready have one slice together.
void Sysmon::EndSlice(P* p, Seen* seen) {
  uint32_t began = p->slice_tick.load(std::memory_order_relaxed);
  // The first of a slice has its turn for itself (Preempt), and what it made
  // ready runs next.
  if (seen->tick - began <= 2) return;
  if (began != seen->slice_tick || seen->slice.holder != seen->turn.holder) {
    seen->slice_tick = began;
    seen->slice = seen->turn;
  }
  int64_t due_ns = seen->slice.since_ns + kSliceNs;
  if (now_ns_ < due_ns) {
    next_ns_ = std::min(next_ns_, due_ns);
  } else if (KeptFromRunning(seen->slice)) {
    next_ns_ = std::min(next_ns_, now_ns_ + kStarvedNs);
  } else {
    // If the holder writes at the same time, a new slice has begun anyway.
    seen->slice_tick = seen->tick - kMaxNextStreak;
    p->slice_tick.store(seen->slice_tick, std::memory_order_relaxed);
  }
}

bool Sysmon::Preempt(P* p, Seen* seen) {
  int64_t due_ns = seen->turn.since_ns + kSliceNs;
  if (!work_waits_ &&
      p->id < scheduler_->procs.load(std::memory_order_relaxed)) {
    // Only for a timer that nobody else will see to.
    int64_t timer_ns = scheduler_->NextTimerNs();
    if (timer_ns != kNever) {
      int64_t wait_ns = timer_ns - host::NowNs();
      int64_t now_ns = MonotonicNs();
      timer_ns = wait_ns < kNever - now_ns ? now_ns + wait_ns : kNever;
      next_ns_ = std::min(next_ns_, std::max(due_ns, timer_ns));
    }
    return false;
  }
  EndSlice(p, seen);
  // Refused: again soon, for it may be on its way out of the library.
  bool hard = seen->tries >= kTriesBeforeHard;
  if (seen->tries > 0) due_ns = seen->tried_ns + (hard ? kHardNs : kAgainNs);
  if (now_ns_ < due_ns) {
    next_ns_ = std::min(next_ns_, due_ns);
    return false;
  }
  if (seen->tries == 0 && KeptFromRunning(seen->turn)) {
    next_ns_ = std::min(next_ns_, now_ns_ + kStarvedNs);
    return false;
  }
  ++seen->tries;
  seen->tried_ns = now_ns_;
  RequestPreemption(p, seen->tick, hard);
  return true;
}

// On a machine with more to do than processors, a goroutine may be in the way
// of others for 10 ms without having run. It has its slice still to come: else
// programs that are too short to be preempted, and rely on it, would be at
// times.
bool Sysmon::KeptFromRunning(const Stretch& stretch) const {
  const M* holder = stretch.holder;
  return holder != nullptr && now_ns_ - stretch.since_ns < kStarvedAtMostNs &&
         CpuNs(*holder) - stretch.cpu_ns < kSliceNs / 2 &&
         ThreadState(holder->tid.load(std::memory_order_relaxed)) == 'R';
}

bool Sysmon::Retake(P* p, Seen* seen) {
  if (now_ns_ - seen->turn.since_ns < kSyscallNs) {
    next_ns_ = std::min(next_ns_, seen->turn.since_ns + kSyscallNs);
    return false;
  }
  if (!p->Retake()) return false;
  Bump(retakes);
  internal::Trace(TraceKind::kRetake, 0, static_cast<uint64_t>(p->id));
  scheduler_->HandOff(p);
  return true;
}

bool Sysmon::AnyInSyscall() const {
  int made = scheduler_->ps_made.load(std::memory_order_acquire);
  for (int i = 0; i < made; ++i) {
    P* p = scheduler_->ps[i].load(std::memory_order_acquire);
    // Sequentially consistent: see Hurry.
    if (p->status.load(std::memory_order_seq_cst) == PStatus::kSyscall) {
      return true;
    }
  }
  return false;
}

bool Sysmon::Rest() {
  {
    RawLock lock(scheduler_->mu);
    if (scheduler_->idle_ps.load(std::memory_order_relaxed) !=
        scheduler_->procs.load(std::memory_order_relaxed)) {
      return false;
    }
    resting_.store(true, std::memory_order_relaxed);
  }
  Bump(rests);
  while (resting_.load(std::memory_order_relaxed) &&
         !quit_.load(std::memory_order_acquire) &&
         scheduler_->world.load(std::memory_order_acquire) ==
             Scheduler::World::kRunning) {
    parker_.Sleep(ThreadParker::kNoDeadline);
  }
  return true;
}

}  // namespace rt::internal
