// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/traceback.h"

#include <linux/membarrier.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/internal/backtrace.h"
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

// What is needed to describe a goroutine, taken while nobody resumes it.
struct Snapshot {
  uint64_t id;
  uint64_t parent_id;
  const void* created_by_pc;
  GStatus status;
  WaitReason reason;
  int64_t waited_ns;
  size_t first_pc;  // Its stack is pcs[first_pc, first_pc + size) of the dump.
  int size;         // -1: unknown, it runs.
};

bool Alive(GStatus status) {
  return status != GStatus::kIdle && status != GStatus::kDead;
}

const char* StatusText(GStatus status, WaitReason reason) {
  switch (status) {
    case GStatus::kRunnable:
      return "runnable";
    case GStatus::kRunning:
      return "running";
    case GStatus::kSyscall:
      return "syscall";
    case GStatus::kWaiting:
      return WaitReasonText(reason);
    case GStatus::kPreempted:
      return "preempted";
    case GStatus::kIdle:
    case GStatus::kDead:
      break;
  }
  return "dead";
}

void AppendHeader(const Snapshot& g, std::string* out) {
  *out += "goroutine " + std::to_string(g.id) + " [" +
          StatusText(g.status, g.reason);
  constexpr int64_t kMinuteNs = 60'000'000'000;
  if (g.waited_ns >= kMinuteNs) {
    *out += ", " + std::to_string(g.waited_ns / kMinuteNs) + " minutes";
  }
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

Snapshot Describe(const Goroutine& g, GStatus status) {
  Snapshot result = {};
  result.id = g.id;
  result.parent_id = g.parent_id;
  result.created_by_pc = g.created_by_pc;
  result.status = status;
  result.reason = g.wait_reason;
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
  RtSwitchContext(&request->asker, &g->context);
  request->asker_fiber->AfterSwitch();
}

// g as it is, and its stack in `request`, if it is alive.
bool Take(Goroutine* g, Snapshot* snapshot, StackRequest* request) {
  // Acquire: pairs with the release of who suspended it, so its context and
  // what it said before are there.
  GStatus status = g->status.load(std::memory_order_acquire);
  if (!Alive(status)) return false;
  *snapshot = Describe(*g, status);
  if (status == GStatus::kRunning || status == GStatus::kSyscall) {
    snapshot->size = -1;
  } else if (status == GStatus::kPreempted) {
    bool answered = AskKeptThread(g->thread, request);
    snapshot->size = answered ? request->size : 0;
  } else if (g->stack.base != nullptr) {
    AskForStack(g, request);
    snapshot->size = request->size;
  }
  return true;
}

// Every thread's writes before are visible here, and it sees ours from now on.
void FenceAllThreads() {
  // Pairs with the compiler fence in Scheduler::Execute.
  if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) != 0) usleep(1000);
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
    FenceAllThreads();
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

// All goroutines but `self` into the two vectors, without making them grow;
// false if they are too small.
bool TakeAll(Scheduler* scheduler, const Goroutine* self,
             std::vector<Snapshot>* goroutines, std::vector<void*>* pcs) {
  PausedWorld paused(scheduler);
  bool fits = true;
  StackRequest request;
  GoroutinePool::Get().ForEach([&](Goroutine* g) {
    Snapshot snapshot;
    if (g == self || !fits || !Take(g, &snapshot, &request)) return;
    size_t size = snapshot.size > 0 ? static_cast<size_t>(snapshot.size) : 0;
    if (goroutines->size() == goroutines->capacity() ||
        pcs->capacity() - pcs->size() < size) {
      fits = false;
      return;
    }
    snapshot.first_pc = pcs->size();
    goroutines->push_back(snapshot);
    pcs->insert(pcs->end(), request.pcs, request.pcs + size);
  });
  return fits;
}

}  // namespace

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
  FenceAllThreads();
}

void AppendGoroutine(Goroutine* g, FrameFilter filter, std::string* out) {
  Snapshot snapshot;
  StackRequest request;
  if (!Take(g, &snapshot, &request)) return;
  *out += "\n";
  Append(snapshot, request.pcs, filter, out);
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
  Scheduler* scheduler = ActiveScheduler();
  if (scheduler == nullptr) return text;
  std::vector<Snapshot> goroutines;
  std::vector<void*> pcs;
  size_t room = static_cast<size_t>(scheduler->NumGoroutines()) + 64;
  do {
    goroutines.clear();
    pcs.clear();
    goroutines.reserve(room);
    constexpr size_t kUsualDepth = 16;
    pcs.reserve(room * kUsualDepth + kMaxFrames);
    room *= 2;
  } while (!TakeAll(scheduler, self, &goroutines, &pcs));
  for (const Snapshot& g : goroutines) {
    if (!text.empty()) text += "\n";
    Append(g, pcs.data() + g.first_pc, FrameFilter::kProgram, &text);
  }
  return text;
}

}  // namespace rt::internal
