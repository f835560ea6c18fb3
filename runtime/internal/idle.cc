// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// How M's and P's become idle, and how they are put to work again.
//
// Submitting work and falling asleep (D-006):
//   A submitter  1. puts the goroutine on a queue,
//                2. looks whether a P is idle and no M is spinning,
//                3. if so, wakes one M, which spins: it looks for work.
//   A sleeper    1. gives its P back,
//                2. stops counting as spinning, if it did,
//                3. if nobody spins any more, looks at all queues once more,
//                   and only then sleeps.
//   A submitter has a LightFence between 1 and 2, a sleeper a HeavyFence
//   between 2 and 3 (fence.h), so one of the two sees the other. A spinning M
//   that finds work wakes the next one before it runs it: as many M's run as
//   there is work for, and at most one wakes for nothing. Work of which nobody
//   was told, since no P was idle, is seen by who gives one back (D-085).
//
// Rejected: waking a thread at every Go (they wake, find nothing, sleep);
// giving the P straight to the goroutine that was made ready (loses the cache).
//
// Deadlock: when the last M goes idle with no timer to wait for, nothing in the
// program can make a goroutine ready any more, unless it has threads that are
// not ours.
//
// Timers: while a P is idle, an M sleeps until the first timer of all P's is
// due. A P that is busy looks at its own between two goroutines.

#include <dirent.h>

#include <atomic>
#include <cstdint>
#include <utility>

#include "runtime/internal/death.h"
#include "runtime/internal/fence.h"
#include "runtime/internal/host.h"
#include "runtime/internal/sched.h"

namespace rt::internal {
namespace {

// Threads of this process that are not ours, and might make a goroutine ready.
int ForeignThreads(int ours) {
  DIR* tasks = opendir("/proc/self/task");
  if (tasks == nullptr) return 0;
  int count = 0;
  while (const dirent* entry = readdir(tasks)) {
    if (entry->d_name[0] != '.') ++count;
  }
  closedir(tasks);
  // Sysmon's is ours, too, and the maker's; ThreadSanitizer has one of its own.
  return count - ours - 2 - (kTsan ? 1 : 0);
}

}  // namespace

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

M* Scheduler::Assign(P* p, bool spin) {
  if (world.load(std::memory_order_relaxed) != World::kRunning) {
    if (spin) spinning.fetch_sub(1, std::memory_order_relaxed);
    PutIdleP(p);
    return nullptr;
  }
  M* m = TakeFreeM();
  if (m == nullptr) m = NewM();
  GiveP(m, p, spin);
  return m;
}

void Scheduler::GiveP(M* m, P* p, bool spin) {
  if (std::exchange(m->kept, false)) --kept_ms;
  m->next_p = p;
  m->next_spinning = spin;
}

M* Scheduler::TakeFreeM() {
  M* m = idle_m;
  if (m != nullptr) {
    idle_m = m->idle_next;
    m->idle = false;
    --idle_ms;
    return m;
  }
  // Rather than to wait for a new thread, which may wait for a lock that such a
  // goroutine holds (D-091).
  if (kept_ms == 0) return nullptr;
  Goroutine* g = global.Extract([](const Goroutine* g) {
    return g->thread != nullptr && g->thread->kept;
  });
  if (g == nullptr) return nullptr;
  global_size.store(global.size(), std::memory_order_relaxed);
  return g->thread;
}

void Scheduler::Kick(M* m) {
  if (m == nullptr) return;
  // Written once: an M that came by itself may be kicked by the next one
  // already.
  if (m->started) {
    m->parker.Wake();
  } else {
    m->started = true;
    StartThread(m);
  }
}

void Scheduler::Wake() {
  int none = 0;
  if (!spinning.compare_exchange_strong(none, 1, std::memory_order_seq_cst)) {
    return;
  }
  M* m = nullptr;
  mu.Lock();
  if (P* p = TakeIdleP()) {
    m = Assign(p, /*spin=*/true);
  } else {
    // Another M has it, and looks before it falls asleep.
    spinning.fetch_sub(1, std::memory_order_seq_cst);
  }
  mu.Unlock();
  Kick(m);
}

void Scheduler::WakeAfterEvent() {
  // Both sides modify a counter: whoever comes second sees what the other did
  // before.
  spinning.fetch_add(0, std::memory_order_seq_cst);
  WakeIfUseful();
}

void Scheduler::Inject(Goroutine* g) {
  GoroutineList one;
  one.PushBack(g);
  InjectList(&one);
}

void Scheduler::InjectAll(GoroutineList* list) {
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
  if (m != nullptr) return;
  HeavyFence();
  if (WorkExists()) WakeIfUseful();
}

void Scheduler::TakeAssignment(M* m) {
  m->Take(std::exchange(m->next_p, nullptr));
  m->spinning = m->next_spinning;
}

bool Scheduler::WaitForP(M* m) {
  bool may_doze = true;
  RawLock lock(mu);
  if (std::exchange(m->spare, false)) --spare_ms;
  while (world.load(std::memory_order_relaxed) == World::kRunning) {
    int64_t next_ns = NextTimerNs();
    bool due = next_ns != TimerHeap::kNever && next_ns <= host::NowNs();
    if (due || !global.empty()) {
      m->Take(TakeIdleP());
      if (m->p != nullptr) return true;
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
      Slept slept = SleepIdle(m, may_doze);
      if (m->next_p != nullptr) {
        TakeAssignment(m);
        return true;
      }
      if (slept == Slept::kInVain) may_doze = false;
      if (slept == Slept::kToLook) {
        m->Take(TakeIdleP());
        if (m->p != nullptr) return true;
      }
    }
  }
  return false;
}

// Sleeps until it has been assigned a P, or for no reason.
Scheduler::Slept Scheduler::SleepIdle(M* m, bool may_doze) {
  m->idle = true;
  ++idle_ms;
  if (m->locked == nullptr) {  // Else nobody may assign it just any P.
    m->idle_next = idle_m;
    idle_m = m;
  }
  int64_t deadline_ns = ThreadParker::kNoDeadline;
  // While a P is busy: else there is nobody to take anything over from.
  int64_t doze_ns = may_doze && idle_ps.load(std::memory_order_relaxed) <
                                    procs.load(std::memory_order_relaxed)
                        ? doze.Begin()
                        : 0;
  if (doze_ns > 0) deadline_ns = MonotonicNs() + doze_ns;
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
  bool woken = m->parker.Sleep(deadline_ns);
  mu.Lock();
  Slept slept = Slept::kWoken;
  if (doze_ns > 0) {
    bool asked = doze.End();
    if (!woken) slept = asked ? Slept::kToLook : Slept::kInVain;
  }
  if (!m->idle) return Slept::kWoken;
  m->idle = false;
  --idle_ms;
  if (m->locked != nullptr) return Slept::kWoken;
  M** at = &idle_m;
  while (*at != m) at = &(*at)->idle_next;
  *at = m->idle_next;
  return slept;
}

}  // namespace rt::internal
