// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/sched.h"

#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include "runtime/internal/check.h"
#include "runtime/internal/death.h"
#include "runtime/internal/host.h"
#include "runtime/internal/netpoll.h"
#include "runtime/internal/no_preempt.h"
#include "runtime/internal/preempt.h"
#include "runtime/internal/sema.h"
#include "runtime/internal/tracer.h"

namespace rt::internal {
namespace {

std::atomic<Scheduler*> active{nullptr};

// Threads of this process that are not ours, and might make a goroutine ready.
int ForeignThreads(int ours) {
  DIR* tasks = opendir("/proc/self/task");
  if (tasks == nullptr) return 0;
  int count = 0;
  while (const dirent* entry = readdir(tasks)) {
    if (entry->d_name[0] != '.') ++count;
  }
  closedir(tasks);
  // Sysmon's is ours, too; ThreadSanitizer has a thread of its own.
  return count - ours - 1 - (kTsan ? 1 : 0);
}

void* ThreadMain(void* arg) {
  auto* m = static_cast<M*>(arg);
  Scheduler* scheduler = m->scheduler;
  // Sysmon may have started it, who blocks all signals.
  pthread_sigmask(SIG_SETMASK, &scheduler->signal_mask, nullptr);
  pthread_setname_np(pthread_self(), ("rt-m" + std::to_string(m->id)).c_str());
  scheduler->TakeAssignment(m);
  scheduler->Loop(m);
  // Release: what this thread did comes before the end of Run.
  scheduler->stopped_ms.fetch_add(1, std::memory_order_release);
  scheduler->stopped.Wake();
  return nullptr;
}

}  // namespace

Scheduler* ActiveScheduler() { return active.load(std::memory_order_acquire); }

void Scheduler::Run(absl::AnyInvocable<void() &&> main, int max_procs) {
  Scheduler* none = nullptr;
  if (!active.compare_exchange_strong(none, this)) {
    host::Fatal("rt::Run called while another rt::Run is running");
  }
  InstallHandlers();
  InstallPreemption();
  pthread_sigmask(SIG_SETMASK, nullptr, &signal_mask);
  auto* m = new M(this, /*id=*/0);
  {
    RawLock lock(mu);
    m->thread = pthread_self();
    m->started = true;
    all_ms = m;
    total_ms = next_m_id = 1;
  }
  // With one P first, so that nobody is woken to take main away.
  SetProcs(1);
  {
    RawLock lock(mu);
    m->Take(TakeIdleP());
  }
  SetCurrentM(m);
  Spawn(std::move(main), nullptr);
  SetProcs(max_procs);
  sysmon.Start();
  Loop(m);
  stopped_ms.fetch_add(1, std::memory_order_release);
  stopped.Wake();
  sysmon.Stop();

  mu.Lock();
  M* ms = all_ms;
  mu.Unlock();
  for (M* other = ms; other != nullptr; other = other->all_next) {
    if (other == m) continue;
    // Whoever starts it may be a thread that is not ours.
    while (!other->joinable.load(std::memory_order_acquire)) sched_yield();
    pthread_join(other->thread, nullptr);
  }
  // Not before all have ended: one of them is in FinishMain, and looks at all.
  while (ms != nullptr) delete std::exchange(ms, ms->all_next);
  ResetSemaQueues();
  Netpoll::Get().Reset();
  active.store(nullptr, std::memory_order_release);
}

Scheduler::~Scheduler() {
  for (int i = 0; i < ps_made.load(std::memory_order_relaxed); ++i) {
    P* p = ps[i].load(std::memory_order_relaxed);
    p->timers.Clear();
    p->stacks.GiveAll();
    GoroutinePool::Get().Give(&p->free, p->free.size());
    delete p;
  }
  // Goroutines that did not end stay as they are, their stacks and closures,
  // too; only dumps must not take them for the next Run's.
  GoroutinePool::Get().ForEach([](Goroutine* g) {
    g->status.store(GStatus::kIdle, std::memory_order_relaxed);
  });
}

void Scheduler::Spawn(absl::AnyInvocable<void() &&> task,
                      const void* created_by_pc) {
  M* m = CurrentM();
  EnterNoPreempt();
  P* p = m != nullptr ? m->p : nullptr;
  Goroutine* g;
  if (p != nullptr) {
    if (p->free.empty()) GoroutinePool::Get().Take(&p->free, 16);
    g = p->free.PopFront();
    if (p->next_id == p->end_id) {
      constexpr uint64_t kIds = 16;
      p->next_id = next_id.fetch_add(kIds, std::memory_order_relaxed);
      p->end_id = p->next_id + kIds;
    }
    g->id = p->next_id++;
    Bump(p->started);
  } else {
    GoroutineList one;
    GoroutinePool::Get().Take(&one, 1);
    g = one.PopFront();
    g->id = next_id.fetch_add(1, std::memory_order_relaxed);
    started_outside.fetch_add(1, std::memory_order_relaxed);
  }
  LeaveNoPreempt();
  G* parent = host::CurrentG();
  g->parent_id = parent != nullptr ? parent->id : 0;
  g->created_by_pc = created_by_pc;
  g->wait_reason = WaitReason::kNone;
  g->wait_object = nullptr;
  g->wait_lock = nullptr;
  g->exceptions[0] = g->exceptions[1] = nullptr;
  g->thread = nullptr;
  g->thread_locks = 0;
  g->task = std::move(task);
  Trace(TraceKind::kSpawn, g->id, reinterpret_cast<uint64_t>(created_by_pc));
  host::Ready(g);
}

int Scheduler::NumGoroutines() const {
  int64_t count = started_outside.load(std::memory_order_relaxed);
  int made = ps_made.load(std::memory_order_acquire);
  // First all that have finished: a goroutine that moves on between the two
  // loops is then counted rather than missed.
  for (int i = 0; i < made; ++i) {
    count -= ps[i]
                 .load(std::memory_order_relaxed)
                 ->finished.load(std::memory_order_acquire);
  }
  for (int i = 0; i < made; ++i) {
    count += ps[i]
                 .load(std::memory_order_relaxed)
                 ->started.load(std::memory_order_acquire);
  }
  return static_cast<int>(count);
}

P* Scheduler::TakeIdleP(P* wanted) {
  if (idle_p == nullptr) return nullptr;
  P** at = &idle_p;
  // Relaxed, here and below: to and from idle it goes under mu.
  if (wanted != nullptr &&
      wanted->status.load(std::memory_order_relaxed) == PStatus::kIdle) {
    while (*at != wanted) at = &(*at)->idle_next;
  }
  P* p = *at;
  *at = p->idle_next;
  p->status.store(PStatus::kRunning, std::memory_order_relaxed);
  idle_ps.fetch_sub(1, std::memory_order_seq_cst);
  sysmon.WakeFromRest();
  return p;
}

void Scheduler::PutIdleP(P* p) {
  if (p->id >= procs.load(std::memory_order_relaxed)) {
    p->status.store(PStatus::kRetired, std::memory_order_relaxed);
    p->timers.Retire(&TimersOf(0));
    return;
  }
  p->status.store(PStatus::kIdle, std::memory_order_relaxed);
  p->idle_next = idle_p;
  idle_p = p;
  idle_ps.fetch_add(1, std::memory_order_seq_cst);
}

M* Scheduler::NewM() {
  auto* m = new M(this, next_m_id++);
  m->all_next = all_ms;
  all_ms = m;
  ++total_ms;
  return m;
}

void Scheduler::ForgetM(M* m) {
  M** at = &all_ms;
  while (*at != m) at = &(*at)->all_next;
  *at = m->all_next;
  --total_ms;
  delete m;
}

bool Scheduler::StartThread(M* m) {
  m->started = true;
  int error = pthread_create(&m->thread, nullptr, ThreadMain, m);
  // Release: publishes m->thread to Run, which joins it.
  if (error == 0) m->joinable.store(true, std::memory_order_release);
  errno = error;
  return error == 0;
}

M* Scheduler::Assign(P* p, bool spin) {
  if (world.load(std::memory_order_relaxed) != World::kRunning) {
    if (spin) spinning.fetch_sub(1, std::memory_order_relaxed);
    PutIdleP(p);
    return nullptr;
  }
  M* m = idle_m;
  if (m != nullptr) {
    idle_m = m->idle_next;
    m->idle = false;
    --idle_ms;
  } else {
    m = NewM();
  }
  m->next_p = p;
  m->next_spinning = spin;
  return m;
}

void Scheduler::Kick(M* m) {
  if (m == nullptr) return;
  if (m->started) {
    m->parker.Wake();
    return;
  }
  if (!StartThread(m)) DieOfThreads(m->id, errno);
}

void DieOfThreads(int have, int error) {
  fprintf(stderr,
          "runtime: failed to create new OS thread (have %d already; "
          "errno=%d)\n"
          "runtime: may need to increase max user processes (ulimit -u)\n",
          have, error);
  host::Fatal("newosproc");
}

void Scheduler::WakeIfUseful() {
  if (idle_ps.load(std::memory_order_seq_cst) == 0 ||
      spinning.load(std::memory_order_seq_cst) != 0) {
    return;
  }
  int none = 0;
  if (!spinning.compare_exchange_strong(none, 1, std::memory_order_seq_cst)) {
    return;
  }
  M* m = nullptr;
  mu.Lock();
  if (P* p = TakeIdleP()) {
    m = Assign(p, /*spin=*/true);
  } else {
    spinning.fetch_sub(1, std::memory_order_seq_cst);
  }
  mu.Unlock();
  Kick(m);
}

void Scheduler::WakeAfterPushBack() {
  // Both sides modify `spinning`: whoever comes second sees what the other did
  // before.
  spinning.fetch_add(0, std::memory_order_seq_cst);
  WakeIfUseful();
}

void Scheduler::Inject(Goroutine* g) {
  GoroutineList one;
  one.PushBack(g);
  InjectList(&one);
}

void Scheduler::InjectList(GoroutineList* list) {
  if (list->empty()) return;
  mu.Lock();
  while (Goroutine* g = list->PopFront()) global.PushBack(g);
  global_size.store(global.size(), std::memory_order_seq_cst);
  mu.Unlock();
  WakeIfUseful();
}

void Scheduler::HandOff(P* p) {
  M* m = nullptr;
  mu.Lock();
  int none = 0;
  if (!p->queue.Empty() || !global.empty()) {
    m = Assign(p, /*spin=*/false);
  } else {
    PutIdleP(p);
    // Somebody must wait for the next timer and the network.
    bool poll = NetworkNeedsPoller();
    if (timer_m != nullptr) {
      if (poll && !timer_m_polls) WakeTimerM();
    } else if ((poll || NextTimerNs() != TimerHeap::kNever) &&
               spinning.compare_exchange_strong(none, 1,
                                                std::memory_order_seq_cst)) {
      m = Assign(TakeIdleP(p), /*spin=*/true);
    }
  }
  mu.Unlock();
  Kick(m);
  // As one that falls asleep: who queued something before it could see the P
  // idle has told nobody.
  if (m == nullptr && WorkExists()) WakeIfUseful();
}

void Scheduler::TakeAssignment(M* m) {
  m->Take(std::exchange(m->next_p, nullptr));
  m->spinning = m->next_spinning;
}

bool Scheduler::WaitForP(M* m) {
  RawLock lock(mu);
  while (world.load(std::memory_order_relaxed) == World::kRunning) {
    int64_t next_ns = NextTimerNs();
    bool due = next_ns != TimerHeap::kNever && next_ns <= host::NowNs();
    if (due || !global.empty()) {
      m->Take(TakeIdleP());
      if (m->p != nullptr) {
        if (due) {  // Perhaps another P's: who spins looks at all of them.
          m->spinning = true;
          spinning.fetch_add(1, std::memory_order_seq_cst);
        }
        return true;
      }
      // All P's are busy: their M's see to it.
    }
    bool poll = NetworkNeedsPoller();
    if (!due && timer_m == nullptr && (next_ns != TimerHeap::kNever || poll)) {
      if (SleepUntilTimer(m)) return true;
    } else {
      // Who sleeps until a later time, or not in the poller, looks again.
      if (timer_m != nullptr &&
          (next_ns < timer_m_until_ns.load(std::memory_order_relaxed) ||
           (poll && !timer_m_polls))) {
        WakeTimerM();
      }
      SleepIdle(m);
      if (m->next_p != nullptr) {
        TakeAssignment(m);
        return true;
      }
    }
  }
  return false;
}

// Sleeps until it has been assigned a P, or for no reason.
void Scheduler::SleepIdle(M* m) {
  m->idle = true;
  ++idle_ms;
  if (m->locked == nullptr) {  // Else nobody may assign it just any P.
    m->idle_next = idle_m;
    idle_m = m;
  }
  int64_t deadline_ns = ThreadParker::kNoDeadline;
  // Also if one waits in the poller, for nobody any more.
  auto all_asleep = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    if (NetworkAwaited()) return false;
    int idle = idle_ms;
    if (timer_m != nullptr && NextTimerNs() == TimerHeap::kNever) ++idle;
    return idle + ended_ms == total_ms && global.empty();
  };
  if (all_asleep()) {
    int ours = total_ms - ended_ms;
    mu.Unlock();
    int foreign = ForeignThreads(ours);
    mu.Lock();
    // Counted without the lock: a thread may have made a goroutine ready and
    // ended meanwhile.
    if (foreign <= 0 && m->idle && all_asleep()) {
      mu.Unlock();
      Die({.headline = NumGoroutines() == 0
                           ? "fatal error: no goroutines (main called "
                             "runtime.Goexit) - deadlock!"
                           : "fatal error: all goroutines are asleep - "
                             "deadlock!"});
    }
    constexpr int64_t kLookAgainNs = 20'000'000;
    deadline_ns = MonotonicNs() + kLookAgainNs;
  }
  mu.Unlock();
  m->parker.Sleep(deadline_ns);
  mu.Lock();
  if (!m->idle) return;
  m->idle = false;
  --idle_ms;
  if (m->locked != nullptr) return;
  M** at = &idle_m;
  while (*at != m) at = &(*at)->idle_next;
  *at = m->idle_next;
}

int Scheduler::SetProcs(int n) {
  mu.Lock();
  int before = procs.load(std::memory_order_relaxed);
  if (n > 0) {
    n = std::min(n, kMaxProcs);
    for (int i = ps_made.load(std::memory_order_relaxed); i < n; ++i) {
      // Release: publishes the P; pairs with the acquire in Steal.
      ps[i].store(new P(i), std::memory_order_release);
      ps_made.store(i + 1, std::memory_order_release);
    }
    procs.store(n, std::memory_order_relaxed);
    Trace(TraceKind::kProcs, 0, static_cast<uint64_t>(n));
    // Idle ones that are now too many retire; retired ones come back. Those
    // that run retire when their M's next look for work.
    P* idle = std::exchange(idle_p, nullptr);
    idle_ps.store(0, std::memory_order_seq_cst);
    for (P* p = idle; p != nullptr; p = p->idle_next) {
      p->status.store(PStatus::kRetired, std::memory_order_relaxed);
      if (p->id >= n) p->timers.Retire(&TimersOf(0));
    }
    for (int i = n - 1; i >= 0; --i) {  // The lowest number on top.
      P* p = ps[i].load(std::memory_order_relaxed);
      if (p->status.load(std::memory_order_relaxed) == PStatus::kRetired) {
        p->timers.Retire(nullptr);
        PutIdleP(p);
      }
    }
  }
  mu.Unlock();
  return before;
}

}  // namespace rt::internal
