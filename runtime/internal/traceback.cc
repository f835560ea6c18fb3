// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/traceback.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/internal/backtrace.h"
#include "runtime/internal/fence.h"
#include "runtime/internal/frames.h"
#include "runtime/internal/futex.h"
#include "runtime/internal/host.h"
#include "runtime/internal/m.h"
#include "runtime/internal/no_preempt.h"
#include "runtime/internal/preempt.h"
#include "runtime/internal/sched.h"

namespace rt::internal {
namespace {

using Hold = Scheduler::Hold;

constexpr char kNoStack[] =
    "\tgoroutine running on other thread; stack unavailable\n";

using Snapshot = GoroutineSnapshot;

bool Alive(GStatus status) {
  return status != GStatus::kIdle && status != GStatus::kDead;
}

void AppendHeader(const Snapshot& g, std::string* out) {
  *out += "goroutine " + std::to_string(g.id) + " [" + StateText(g);
  constexpr int64_t kMinuteNs = 60'000'000'000;
  if (g.waited_ns >= kMinuteNs) {
    *out += ", " + std::to_string(g.waited_ns / kMinuteNs) + " minutes";
  }
  if (g.locked) *out += ", locked to thread";
  *out += "]:\n";
}

void Append(const Snapshot& g, void* const* pcs, FrameFilter filter,
            std::string* out) {
  AppendHeader(g, out);
  if (g.size < 0) {
    *out += kNoStack;
  } else {
    AppendFrames(pcs, g.size, filter, out);
  }
  AppendCreatedBy(g.created_by_pc, g.parent_id, out);
}

// One that runs may change what it says of itself: then either is shown.
RT_NO_TSAN Snapshot Describe(const Goroutine& g, GStatus status) {
  Snapshot result;
  result.id = g.id;
  result.parent_id = g.parent_id;
  result.created_by_pc = g.created_by_pc;
  result.status = status;
  result.reason = g.wait_reason;
  result.locked = g.thread_locks > 0;
  if (status == GStatus::kWaiting || status == GStatus::kSyscall) {
    result.waited_ns = host::NowNs() - g.wait_since_ns;
  }
  return result;
}

// Resumes g just for its stack. Only for one that nobody else can resume. The
// caller is a goroutine, an M or a plain thread.
void AskForStack(Goroutine* g, StackRequest* request) {
  M* m = CurrentM();
  Fiber here;
  if (m == nullptr) here.AdoptThread();
  request->asker_fiber = m == nullptr            ? &here
                         : m->current != nullptr ? &m->current->fiber
                                                 : &m->fiber;
  g->stack_request = request;
  request->asker_fiber->BeforeSwitch(g->fiber);
  RtSwitchContext(&request->asker, &g->context, /*same_call=*/false);
  request->asker_fiber->AfterSwitch();
}

// Whether a signal does no harm to g's system call: not if the program lives.
bool MayInterruptSyscalls() {
  return ActiveScheduler()->hold.load(std::memory_order_relaxed) ==
         Hold::kFrozen;
}

// Its stack is in use: it is its thread that must be asked.
bool OnThread(GStatus status) {
  return status == GStatus::kRunning || status == GStatus::kSyscall ||
         status == GStatus::kPreempted;
}

// g as it is, if it is alive, but for its stack.
bool LookAt(Goroutine* g, Snapshot* snapshot) {
  // Acquire: pairs with the release of who suspended it, so its context and
  // what it said before are there.
  GStatus status = g->status.load(std::memory_order_acquire);
  if (!Alive(status)) return false;
  *snapshot = Describe(*g, status);
  snapshot->g = g;
  if (status == GStatus::kWaiting) {
    snapshot->object = g->wait_object;
    snapshot->wait_lock = g->wait_lock;
  }
  if (OnThread(status)) snapshot->size = -1;
  return true;
}

// g as it is, if it is alive, and its stack in `request`, if that is not null.
bool Take(Goroutine* g, Snapshot* snapshot, StackRequest* request) {
  constexpr int64_t kLeastPatienceNs = 10'000'000;
  constexpr int64_t kPauseNs = 50'000;
  int64_t deadline_ns = 0;
  // Again if it was on its way from one thread, or state, to the next.
  while (LookAt(g, snapshot)) {
    if (request == nullptr) return true;
    if (!OnThread(snapshot->status)) {
      if (g->stack.base == nullptr) return true;
      AskForStack(g, request);
      snapshot->size = request->size;
      return true;
    }
    if (snapshot->status == GStatus::kSyscall && !MayInterruptSyscalls()) {
      return true;
    }
    int64_t now_ns = MonotonicNs();
    if (deadline_ns == 0) {
      // Half of what is left, so that there is something left for the next one.
      int64_t patience_ns =
          std::max(request->patience_ns / 2, kLeastPatienceNs);
      deadline_ns = now_ns + patience_ns;
    } else if (now_ns >= deadline_ns) {
      request->patience_ns /= 2;
      return true;
    }
    if (AskThread(g, snapshot->status, request, deadline_ns)) {
      snapshot->size = request->size;
      return true;
    }
    request->answered.Sleep(MonotonicNs() + kPauseNs);
  }
  return false;
}

// Keeps suspended goroutines suspended for its lifetime. Between, the caller
// must not allocate: the goroutine that holds malloc's lock may be suspended.
class PausedWorld {
 public:
  explicit PausedWorld(Scheduler* scheduler) : scheduler_(scheduler) {
    for (Hold free = Hold::kNone; !scheduler->hold.compare_exchange_weak(
             free, Hold::kPaused, std::memory_order_seq_cst);
         free = Hold::kNone) {
      sched_yield();  // Another dump, or the end of the program.
    }
    HeavyFence();  // Pairs with Scheduler::MayRun.
  }
  ~PausedWorld() {
    // Unless it has been frozen meanwhile. Release: our writes to stacks come
    // before their owners go on.
    Hold paused = Hold::kPaused;
    scheduler_->hold.compare_exchange_strong(paused, Hold::kNone,
                                             std::memory_order_release);
  }
  PausedWorld(const PausedWorld&) = delete;
  PausedWorld& operator=(const PausedWorld&) = delete;

 private:
  NoPreempt no_preempt_;  // Nobody could resume the caller.
  Scheduler* const scheduler_;
};

// Appends g to the dump if there is room for it; false if not.
bool AppendTo(GoroutineDump* dump, const Snapshot& snapshot,
              const StackRequest& request) {
  size_t size = snapshot.size > 0 ? static_cast<size_t>(snapshot.size) : 0;
  if (dump->goroutines.size() == dump->goroutines.capacity() ||
      dump->pcs.capacity() - dump->pcs.size() < size) {
    return false;
  }
  dump->goroutines.push_back(snapshot);
  dump->goroutines.back().first_pc = dump->pcs.size();
  dump->pcs.insert(dump->pcs.end(), request.pcs, request.pcs + size);
  return true;
}

// Who holds what the others wait for, now that all have been seen waiting. One
// that was found running may have given up a lock and waited since: those that
// waited for it and do not any more are taken out here.
void ReadHolders(GoroutineDump* dump) {
  for (Snapshot& snapshot : dump->goroutines) {
    if (snapshot.wait_lock == nullptr) continue;
    const Goroutine& g = *snapshot.g;
    if (g.status.load(std::memory_order_acquire) == GStatus::kWaiting) {
      snapshot.holder = snapshot.wait_lock->Get();
    } else {
      snapshot.wait_lock = nullptr;
    }
  }
}

// All goroutines but `self` into *dump, without making its vectors grow; false
// if they are too small.
bool TakeAll(Scheduler* scheduler, const Goroutine* self, GoroutineDump* dump) {
  PausedWorld paused(scheduler);
  bool fits = true;
  StackRequest request;
  GoroutinePool::Get().ForEach([&](Goroutine* g) {
    Snapshot snapshot;
    if (g == self || !fits || !Take(g, &snapshot, &request)) return;
    fits = AppendTo(dump, snapshot, request);
  });
  ReadHolders(dump);
  return fits;
}

}  // namespace

const char* StateText(const GoroutineSnapshot& g) {
  switch (g.status) {
    case GStatus::kRunnable:
      return "runnable";
    case GStatus::kRunning:
      return "running";
    case GStatus::kSyscall:
      return "syscall";
    case GStatus::kWaiting:
      return WaitReasonText(g.reason);
    case GStatus::kPreempted:
      return "preempted";
    case GStatus::kIdle:
    case GStatus::kDead:
      break;
  }
  return "dead";
}

void FreezeTheWorld(Scheduler* scheduler) {
  constexpr int64_t kPatienceNs = 1'000'000'000;
  int64_t deadline_ns = MonotonicNs() + kPatienceNs;
  for (Hold free = Hold::kNone;
       !scheduler->hold.compare_exchange_weak(free, Hold::kFrozen,
                                              std::memory_order_seq_cst) &&
       MonotonicNs() < deadline_ns;
       free = Hold::kNone) {
    sched_yield();
  }
  scheduler->hold.store(Hold::kFrozen, std::memory_order_seq_cst);
  scheduler->world.store(Scheduler::World::kFrozen, std::memory_order_seq_cst);
  HeavyFence();  // Pairs with Scheduler::MayRun.
}

void AppendGoroutine(Goroutine* g, FrameFilter filter, StackRequest* request,
                     std::string* out) {
  Snapshot snapshot;
  if (!Take(g, &snapshot, request)) return;
  *out += "\n";
  Append(snapshot, request->pcs, filter, out);
}

void AppendRunning(const Goroutine& g, void* const* pcs, int size,
                   FrameFilter filter, std::string* out) {
  Snapshot snapshot = Describe(g, GStatus::kRunning);
  snapshot.size = size;
  Append(snapshot, pcs, filter, out);
}

std::string DumpAll(Goroutine* self) {
  std::string text;
  if (self != nullptr) {
    void* own[kMaxFrames];
    int size = Backtrace(own, kMaxFrames);
    AppendRunning(*self, own, size, FrameFilter::kProgram, &text);
  }
  GoroutineDump dump = CollectGoroutines(self);
  for (const Snapshot& g : dump.goroutines) {
    if (!text.empty()) text += "\n";
    Append(g, dump.pcs.data() + g.first_pc, FrameFilter::kProgram, &text);
  }
  return text;
}

GoroutineDump CollectGoroutines(const Goroutine* self) {
  GoroutineDump dump;
  if (self != nullptr) dump.caller = self->id;
  Scheduler* scheduler = ActiveScheduler();
  if (scheduler == nullptr) return dump;
  size_t room = static_cast<size_t>(scheduler->NumGoroutines()) + 64;
  do {
    dump.goroutines.clear();
    dump.pcs.clear();
    dump.goroutines.reserve(room);
    constexpr size_t kUsualDepth = 16;
    dump.pcs.reserve(room * kUsualDepth + kMaxFrames);
    room *= 2;
  } while (!TakeAll(scheduler, self, &dump));
  return dump;
}

GoroutineDump CollectFrozen() {
  GoroutineDump dump;
  StackRequest request;
  GoroutinePool::Get().ForEach([&](Goroutine* g) {
    Snapshot snapshot;
    // Relaxed: it stays so.
    bool waits =
        g->status.load(std::memory_order_relaxed) == GStatus::kWaiting &&
        g->wait_lock != nullptr;
    if (!Take(g, &snapshot, waits ? &request : nullptr)) return;
    dump.goroutines.push_back(snapshot);
    if (snapshot.size <= 0) return;
    dump.goroutines.back().first_pc = dump.pcs.size();
    dump.pcs.insert(dump.pcs.end(), request.pcs, request.pcs + snapshot.size);
  });
  ReadHolders(&dump);
  return dump;
}

}  // namespace rt::internal
