// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/preempt.h"

#include <link.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <string_view>

#include "runtime/internal/backtrace.h"
#include "runtime/internal/check.h"
#include "runtime/internal/choose.h"
#include "runtime/internal/futex.h"
#include "runtime/internal/goroutine.h"
#include "runtime/internal/no_preempt.h"
#include "runtime/internal/sanitizer.h"
#include "runtime/internal/sched.h"
#include "runtime/internal/signals.h"
#include "runtime/internal/tracer.h"

namespace rt::internal {
namespace {

struct sigaction previous;

// Code of libraries whose locks many goroutines want.
struct Range {
  uintptr_t begin;
  uintptr_t end;
};
constexpr int kMaxRanges = 16;
Range ranges[kMaxRanges];
int range_count = 0;

int NoteLibrary(dl_phdr_info* info, size_t, void*) {
  std::string_view name = info->dlpi_name;
  name.remove_prefix(std::min(name.rfind('/') + 1, name.size()));
  bool wanted = false;
  for (std::string_view start :
       {"libc.so", "ld-linux", "libasan.so", "libtsan.so", "libjemalloc.so",
        "libtcmalloc", "libmimalloc.so"}) {
    wanted |= name.starts_with(start);
  }
  if (!wanted) return 0;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || !(segment.p_flags & PF_X)) continue;
    if (range_count == kMaxRanges) return 1;
    uintptr_t begin = info->dlpi_addr + segment.p_vaddr;
    ranges[range_count++] = {begin, begin + segment.p_memsz};
  }
  return 0;
}

bool InLibrary(uintptr_t pc) {
  return std::any_of(ranges, ranges + range_count, [pc](const Range& range) {
    return pc >= range.begin && pc < range.end;
  });
}

// A request, in a word: 0 is none.
constexpr uint64_t kHard = uint64_t{1} << 63;

uint64_t Request(const P* p, uint32_t tick) {
  return (static_cast<uint64_t>(p->id + 1) << 32) | tick;
}

// ThreadSanitizer calls handlers later, and from the goroutine's own stack.
bool CalledLate(const Goroutine& g) {
  return g.stack.Holds(__builtin_frame_address(0));
}

bool Interrupts(const Goroutine& g, const Interrupted& at) {
  return g.stack.Holds(reinterpret_cast<void*>(at.sp));
}

// Whether the goroutine that m runs may be stopped where it is.
bool MayStop(M* m, uint64_t request, const Interrupted& at) {
  Goroutine* g = m->current;
  P* p = m->p;
  if (rt_no_preempt_count != 0 || rt_pinned != 0) return false;
  if (g == nullptr || p == nullptr) return false;
  uint32_t tick = p->tick.load(std::memory_order_relaxed);
  if ((request & ~kHard) != Request(p, tick)) return false;
  if (CalledLate(*g)) return true;
  return Interrupts(*g, at) && ((request & kHard) || !InLibrary(at.pc));
}

// If there is one. m is the thread's own.
void AnswerStackRequest(M* m, const Interrupted& at) {
  // Acquire: pairs with the release in Ask.
  StackRequest* request =
      m->stack_request.exchange(nullptr, std::memory_order_acquire);
  if (request == nullptr) return;
  const Goroutine* g = m->current;
  bool runs = g != nullptr && (CalledLate(*g) || Interrupts(*g, at));
  request->goroutine_id = runs ? g->id : 0;
  request->size = InterruptedBacktrace(at.pc, request->pcs, kMaxFrames);
  request->answered.Wake();
}

// A signal may come too late for its request, and is still not the program's:
// ours carry this address.
constexpr char kMark = 0;

void Interrupt(const M* m) {
  siginfo_t info = {};
  info.si_signo = SIGURG;
  info.si_code = SI_QUEUE;
  info.si_pid = getpid();
  info.si_uid = getuid();
  info.si_value.sival_ptr = const_cast<char*>(&kMark);
  syscall(SYS_rt_tgsigqueueinfo, info.si_pid,
          m->tid.load(std::memory_order_relaxed), SIGURG, &info);
}

bool IsOurs(const siginfo_t& info) {
  return info.si_code == SI_QUEUE && info.si_value.sival_ptr == &kMark;
}

// How often a thread looks whether a dump is over that keeps it from going on.
constexpr int64_t kHeldNs = 50'000;

// Async-signal-safe: it takes no lock but RawMutexes, which the interrupted
// code does not hold, and allocates nothing.
void OnSignal(int signal, siginfo_t* info, void* context) {
  int saved_errno = errno;
  if (!IsOurs(*info)) CallPrevious(previous, signal, info, context);
  // In any case: ours is lost if the other one was pending.
  M* m = CurrentM();
  Interrupted at = Where(context);
  if (m != nullptr) AnswerStackRequest(m, at);
  uint64_t request =
      m == nullptr ? 0
                   : m->preempt_request.exchange(0, std::memory_order_relaxed);
  if (request != 0) {
    Scheduler* scheduler = m->scheduler;
    if (MayStop(m, request, at) && scheduler->StopGoroutine(m)) {
      while (!scheduler->ContinueGoroutine(m)) {
        // With a P, it waits for the end of a dump, which wakes nobody.
        m->parker.Sleep(m->p == nullptr ? ThreadParker::kNoDeadline
                                        : MonotonicNs() + kHeldNs);
        AnswerStackRequest(m, at);
      }
    } else {
      scheduler->preemptions_refused.fetch_add(1, std::memory_order_relaxed);
    }
  }
  errno = saved_errno;
}

// Whether m runs g, or did a moment ago.
RT_NO_TSAN bool Runs(const M* m, const Goroutine* g) {
  return __atomic_load_n(&m->current, __ATOMIC_RELAXED) == g;
}

// Null if nobody runs g.
M* FindHolder(const Goroutine* g) {
  const Scheduler* scheduler = ActiveScheduler();
  int made = scheduler->ps_made.load(std::memory_order_acquire);
  for (int i = 0; i < made; ++i) {
    M* m = scheduler->ps[i]
               .load(std::memory_order_relaxed)
               ->holder.load(std::memory_order_acquire);
    if (m != nullptr && Runs(m, g)) return m;
  }
  return nullptr;
}

// Null if there is none, or the dying thread itself has the lock.
M* FindInSyscall(const Goroutine* g) {
  Scheduler* scheduler = ActiveScheduler();
  for (int tries = 0; !scheduler->mu.TryLock(); ++tries) {
    constexpr int kEnough = 1000;
    if (tries == kEnough) return nullptr;
    sched_yield();
  }
  M* m = scheduler->all_ms;
  while (m != nullptr && !Runs(m, g)) m = m->all_next;
  scheduler->mu.Unlock();
  return m;
}

}  // namespace

void InstallPreemption() {
  static const bool installed = [] {
    dl_iterate_phdr(NoteLibrary, nullptr);
    struct sigaction action = {};
    action.sa_sigaction = OnSignal;
    // On the signal stack: the goroutine's may be nearly used up.
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
    sigaction(SIGURG, &action, &previous);
    return true;
  }();
  static_cast<void>(installed);
}

void RequestPreemption(P* p, uint32_t tick, bool hard) {
  M* m = p->holder.load(std::memory_order_acquire);
  if (m == nullptr) return;
  Scheduler* scheduler = m->scheduler;
  if (!scheduler->HaveSpareM()) return;
  m->preempt_request.store(Request(p, tick) | (hard ? kHard : 0),
                           std::memory_order_relaxed);
  // A thread that has left meanwhile is not to be disturbed: a system call may
  // be cut short by a signal.
  if (p->holder.load(std::memory_order_relaxed) == m) {
    Trace(TraceKind::kPreempt, 0, static_cast<uint64_t>(p->id));
    Interrupt(m);
  }
}

bool AskThread(Goroutine* g, GStatus seen, StackRequest* request,
               int64_t deadline_ns) {
  M* m = seen == GStatus::kPreempted ? g->thread
         : seen == GStatus::kRunning ? FindHolder(g)
                                     : FindInSyscall(g);
  if (m == nullptr || m == CurrentM()) return false;
  // Not if a dump that a dying program does not wait for any longer is asking.
  StackRequest* free = nullptr;
  if (!m->stack_request.compare_exchange_strong(free, request,
                                                std::memory_order_release)) {
    return false;
  }
  if (seen == GStatus::kPreempted) {
    m->parker.Wake();
  } else {
    Interrupt(m);
  }
  constexpr int64_t kLookNs = 1'000'000;
  bool answered = false;
  int64_t now_ns = MonotonicNs();
  do {
    answered = request->answered.Sleep(std::min(now_ns + kLookNs, deadline_ns));
    now_ns = MonotonicNs();
  } while (!answered && now_ns < deadline_ns &&
           g->status.load(std::memory_order_relaxed) == seen);
  // Else either it has not begun, or it will answer at once.
  StackRequest* ours = request;
  if (!answered && !m->stack_request.compare_exchange_strong(
                       ours, nullptr, std::memory_order_acquire)) {
    answered = request->answered.Sleep(ThreadParker::kNoDeadline);
  }
  return answered && request->goroutine_id == g->id;
}

// --- The scheduler's part ----------------------------------------------------

bool Scheduler::HaveSpareM() {
  // As Go's limit on threads: goroutines that compute keep one each once they
  // have been preempted, and must not take all that there are.
  constexpr int kMaxThreads = 10'000;
  mu.Lock();
  bool idle = idle_m != nullptr;
  bool have = idle || kept_ms > 0;
  int threads = total_ms;
  M* fresh = nullptr;
  // Each try would make another one else, while a busy machine lets none begin.
  if (!idle && spare_ms < procs.load(std::memory_order_relaxed) &&
      threads < kMaxThreads && !out_of_threads &&
      world.load(std::memory_order_relaxed) == World::kRunning) {
    fresh = NewM();
    fresh->spare = true;
    ++spare_ms;
  }
  mu.Unlock();
  // It goes idle, and is found there at the next try.
  Kick(fresh);
  if (!idle && threads >= kMaxThreads) NoMoreSpareMs(threads, EAGAIN);
  return have;
}

// Most goroutines end by themselves: going on without preemption is better than
// ending the program, but nobody shall have to guess why others starve.
void Scheduler::NoMoreSpareMs(int have, int error) {
  if (out_of_threads.exchange(true)) return;
  char text[256];
  int size =
      snprintf(text, sizeof(text),
               "runtime: no more OS threads (have %d; errno=%d): goroutines "
               "that compute "
               "are no longer interrupted\n"
               "runtime: may need to increase max user processes (ulimit -u)\n",
               have, error);
  WriteStderr(text, static_cast<unsigned long>(size));
}

void Scheduler::CannotStart(M* m, int error) {
  if (!m->spare) DieOfThreads(m->id, error);
  mu.Lock();
  --spare_ms;
  ForgetM(m);
  int have = total_ms;
  mu.Unlock();
  NoMoreSpareMs(have, error);
}

bool Scheduler::StopGoroutine(M* m) {
  mu.Lock();
  M* next = world.load(std::memory_order_relaxed) == World::kRunning
                ? TakeFreeM()
                : nullptr;
  if (next == nullptr) {
    mu.Unlock();
    return false;
  }
  Goroutine* g = m->current;
  P* p = m->p;
  Trace(TraceKind::kStop, g->id, 0,
        static_cast<uint8_t>(StopReason::kPreempted));
  m->Take(nullptr);
  m->kept = true;
  ++kept_ms;
  g->thread = m;
  // Release: a dump that sees it finds the thread.
  g->status.store(GStatus::kPreempted, std::memory_order_release);
  global.PushBack(g);
  global_size.store(global.size(), std::memory_order_seq_cst);
  GiveP(next, p, /*spin=*/false);
  mu.Unlock();
  next->parker.Wake();
  preemptions.fetch_add(1, std::memory_order_relaxed);
  return true;
}

bool Scheduler::ContinueGoroutine(M* m) {
  if (m->p == nullptr) {
    RawLock lock(mu);
    if (m->next_p == nullptr) return false;
    TakeAssignment(m);
    Bump(m->p->tick);
  }
  if (m->spinning) {  // It has found something, and may not be all.
    EndSpin(m);
    WakeIfUseful();
  }
  Goroutine* g = m->current;
  if (!MayRun(g)) {
    g->status.store(GStatus::kPreempted, std::memory_order_release);
    return false;
  }
  Trace(TraceKind::kStart, g->id);
  // Not before: a dump that is going on may ask this thread.
  if (g->thread_locks == 0) g->thread = nullptr;
  return true;
}

void Scheduler::PassOn(M* m, Goroutine* g) {
  P* p = m->p;
  m->Take(nullptr);
  mu.Lock();
  M* owner = g->thread;
  if (owner->idle) {  // Waits for a goroutine that is locked to it.
    owner->idle = false;
    --idle_ms;
  } else if (!owner->kept &&
             world.load(std::memory_order_relaxed) != World::kRunning) {
    // The end of the program has woken it already.
    PutIdleP(p);
    mu.Unlock();
    return;
  }
  GiveP(owner, p, /*spin=*/false);
  // Under the lock: an M lives until Run ends, but its owner may be the one
  // that ends it.
  owner->parker.Wake();
  mu.Unlock();
}

}  // namespace rt::internal
