// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// host.h for programs that run: the way off an M and back onto one.

#include <time.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "runtime/internal/backtrace.h"
#include "runtime/internal/choose.h"
#include "runtime/internal/contention.h"
#include "runtime/internal/cpu_profile.h"
#include "runtime/internal/deadlock.h"
#include "runtime/internal/death.h"
#include "runtime/internal/frames.h"
#include "runtime/internal/futex.h"
#include "runtime/internal/goexit.h"
#include "runtime/internal/host.h"
#include "runtime/internal/host_seeing.h"
#include "runtime/internal/no_preempt.h"
#include "runtime/internal/sched.h"
#include "runtime/internal/switch.h"
#include "runtime/internal/trace_file.h"
#include "runtime/internal/traceback.h"
#include "runtime/internal/tracer.h"

namespace rt::internal::host {
namespace {

const int64_t start_ns = MonotonicNs();

const int64_t start_unix_ns = [] {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}();

// Ends the program for a call that only a goroutine that holds a P can make.
[[noreturn, gnu::cold, gnu::noinline]] void RefuseCall(std::string_view call) {
  if (CurrentG() != nullptr) Fatal(InsideBlockingText(call));
  std::string text(call);
  if (ActiveScheduler() == nullptr) {
    Fatal(text + " outside of rt::Run: wrap main's body in rt::Run");
  }
  Fatal(text +
        " on a thread that runs no goroutine (a std::thread?): start a "
        "goroutine there with rt::Go, and call it from that");
}

}  // namespace

M* MustHaveGoroutine(std::string_view call) {
  M* m = CurrentM();
  if (m == nullptr || m->current == nullptr) RefuseCall(call);
  return m;
}

G* CurrentG() {
  M* m = CurrentM();
  return m != nullptr ? m->current : nullptr;
}

G* MustBeG(WaitReason reason) {
  return MustHaveGoroutine(WaitReasonText(reason))->current;
}

void Park(WaitReason reason, const void* object, ParkCommit commit, void* arg) {
  SetPinned(1);
  M* m = CurrentM();
  if (m == nullptr || m->p == nullptr) [[unlikely]] {
    RefuseCall(WaitReasonText(reason));
  }
  Goroutine* g = m->current;
  g->wait_reason = reason;
  g->wait_object = object;
  g->wait_since_ns = m->p->now_ns;
  m->after = After::kPark;
  m->commit = commit;
  m->commit_arg = arg;
  int64_t begin_ns = BeginBlock(reason);
  SwitchAway(m, g);
  if (begin_ns != 0) [[unlikely]]
    EndBlock(begin_ns);
}

void Ready(G* base) {
  auto* g = static_cast<Goroutine*>(base);
  Trace(TraceKind::kReady, g->id, CurrentGoroutineId(),
        static_cast<uint8_t>(ReadyReason::kGoroutine));
  // Release: for a dump, which does not lock what the caller did.
  g->status.store(GStatus::kRunnable, std::memory_order_release);
  M* m = CurrentM();
  GoroutineList overflow;
  EnterNoPreempt();
  if (m == nullptr || m->p == nullptr) {
    LeaveNoPreempt();
    // None: a thread that outlived Run wakes a goroutine that did not.
    Scheduler* scheduler = ActiveScheduler();
    if (scheduler != nullptr) scheduler->Inject(g);
    return;
  }
  Scheduler* scheduler = m->scheduler;
  bool alone = m->p->queue.PushNext(g, &overflow);
  LeaveNoPreempt();
  scheduler->InjectList(&overflow);
  if (alone) {
    scheduler->WakeForOne();
  } else {
    scheduler->WakeIfUseful();
  }
}

void Yield() {
  SetPinned(1);
  M* m = CurrentM();
  if (m == nullptr || m->p == nullptr) [[unlikely]]
    RefuseCall("yield");
  Scheduler* scheduler = m->scheduler;
  if (m->p->queue.Empty() &&
      scheduler->global_size.load(std::memory_order_relaxed) == 0 &&
      scheduler->QueueDecides(m, m->p->tick.load(std::memory_order_relaxed))) {
    Bump(m->p->tick);  // Nobody else: it is the caller's turn again.
    SetPinned(0);
    return;
  }
  m->after = After::kYield;
  SwitchAway(m, m->current);
}

void Spawn(absl::AnyInvocable<void() &&>&& task, const void* created_by_pc) {
  Scheduler* scheduler = ActiveScheduler();
  if (scheduler == nullptr) {
    RefuseCall("rt::Go");
  }
  scheduler->Spawn(std::move(task), created_by_pc);
}

int64_t NowNs() { return MonotonicNs() - start_ns; }

int64_t StartUnixNs() { return start_unix_ns; }

void Goexit() { UnwindGoroutine(MustHaveGoroutine("rt::Goexit")->current); }

std::string Stacks(bool all) {
  auto* self = static_cast<Goroutine*>(CurrentG());
  if (all) return DumpAll(self);
  std::string text;
  if (self == nullptr) return text;
  void* pcs[kMaxFrames];
  int size = Backtrace(pcs, kMaxFrames);
  AppendRunning(*self, pcs, size, FrameFilter::kProgram, &text);
  return text;
}

std::string Deadlocks() {
  return DescribeDeadlocks(
      CollectGoroutines(static_cast<Goroutine*>(CurrentG())),
      /*explain=*/false);
}

void SetGoroutineName(std::string_view) {}
void SetObjectName(const void*, std::string_view) {}

std::string StartTrace(const std::string& path) {
  return internal::StartTrace(path);
}

std::string StopTrace() { return internal::StopTrace(); }

int NumGoroutines() {
  Scheduler* scheduler = ActiveScheduler();
  return scheduler != nullptr ? scheduler->NumGoroutines() : 0;
}

int MaxProcs(int n) {
  Scheduler* scheduler = ActiveScheduler();
  if (scheduler == nullptr) {
    RefuseCall("rt::GOMAXPROCS");
  }
  int before = scheduler->SetProcs(n);
  if (n > 0) {
    scheduler->WakeIfUseful();
    // A caller whose own P is one too many gives it up here. One in Blocking
    // has none.
    M* m = CurrentM();
    if (m != nullptr && m->p != nullptr) Yield();
  }
  return before;
}

int Pin() {
  SetPinned(1);
  M* m = CurrentM();
  return m != nullptr && m->p != nullptr ? m->p->id : -1;
}

void Unpin() { SetPinned(0); }

bool MaySpin() {
  NoPreempt region;
  M* m = CurrentM();
  if (m == nullptr || m->p == nullptr || !m->p->queue.Empty()) return false;
  const Scheduler* scheduler = m->scheduler;
  int looking = scheduler->idle_ps.load(std::memory_order_relaxed) +
                scheduler->spinning.load(std::memory_order_relaxed);
  return scheduler->procs.load(std::memory_order_relaxed) > looking + 1;
}

uint64_t RandomBelow(uint64_t n) {
  thread_local Random random(static_cast<uint64_t>(MonotonicNs()));
  if (n <= std::numeric_limits<uint32_t>::max()) {
    return random.Below(static_cast<uint32_t>(n));
  }
  return random.Next() % n;
}

void Fatal(std::string_view message) {
  DieHere("fatal error: " + std::string(message));
}

}  // namespace rt::internal::host
