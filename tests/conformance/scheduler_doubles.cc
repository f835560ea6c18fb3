// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "tests/conformance/scheduler_doubles.h"

#include <linux/futex.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/go.h"
#include "runtime/internal/death.h"
#include "runtime/internal/futex.h"
#include "runtime/internal/host.h"
#include "runtime/internal/raw_mutex.h"
#include "runtime/internal/timer.h"
#include "runtime/internal/tracer.h"

namespace rt::internal {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

// --- The kernel --------------------------------------------------------------

// A thread that sleeps on a futex.
struct Sleeper {
  Timer timer{&TimeOut};  // First: TimeOut gets its address.
  G* g = nullptr;
  const void* word = nullptr;
  Sleeper* next = nullptr;

  static void TimeOut(Timer* timer, int64_t now_ns);
};

Sleeper* sleepers = nullptr;

// False if another one has woken it.
bool Wake(Sleeper* sleeper) {
  Sleeper** at = &sleepers;
  while (*at != nullptr && *at != sleeper) at = &(*at)->next;
  if (*at == nullptr) return false;
  *at = sleeper->next;
  host::Ready(sleeper->g);
  return true;
}

void Sleeper::TimeOut(Timer* timer, int64_t /*now_ns*/) {
  Wake(reinterpret_cast<Sleeper*>(timer));
}

long FutexWait(const std::atomic<uint32_t>* word, uint32_t expected,
               const timespec* deadline) {
  host::Op op(host::OpKind::kAtomicLoad, word);
  if (word->load(std::memory_order_relaxed) != expected) {
    errno = EAGAIN;
    return -1;
  }
  Sleeper self;
  self.g = host::CurrentG();
  self.word = word;
  self.next = std::exchange(sleepers, &self);
  if (deadline != nullptr) {
    self.timer.object = word;
    host::StartTimer(&self.timer,
                     deadline->tv_sec * kSecond + deadline->tv_nsec,
                     /*period_ns=*/0);
  }
  host::Park(WaitReason::kNone, word, nullptr, nullptr);
  if (deadline == nullptr || host::StopTimer(&self.timer)) return 0;
  errno = ETIMEDOUT;
  return -1;
}

long FutexWake(const void* word) {
  host::Op op(host::OpKind::kAtomicRmw, word);
  Sleeper* sleeper = sleepers;
  while (sleeper != nullptr && sleeper->word != word) sleeper = sleeper->next;
  return sleeper != nullptr && Wake(sleeper) ? 1 : 0;
}

ExploredScheduler* active = nullptr;

void TakeIdleP(M* m) {
  RawLock lock(m->scheduler->mu);
  m->Take(m->scheduler->TakeIdleP());
}

}  // namespace

extern "C" {

// The one system call that the explored files make: the futex of ThreadParker.
long rt_explored_syscall(long /*number*/, std::atomic<uint32_t>* word, int what,
                         uint32_t value, const timespec* deadline,
                         const void* /*word2*/, uint32_t /*value3*/) {
  return (what & FUTEX_CMD_MASK) == FUTEX_WAKE
             ? FutexWake(word)
             : FutexWait(word, value, deadline);
}

int rt_explored_clock_gettime(clockid_t /*clock*/, timespec* now) {
  int64_t ns = host::NowNs();
  *now = {ns / kSecond, ns % kSecond};
  return 0;
}

int rt_explored_nanosleep(const timespec* pause, timespec* /*rest*/) {
  host::SleepNs(pause->tv_sec * kSecond + pause->tv_nsec);
  return 0;
}

int rt_explored_sched_yield() {
  host::Yield();
  return 0;
}

constinit thread_local M* rt_current_m = nullptr;
constinit thread_local uint32_t rt_no_preempt_count = 0;
constinit thread_local uint32_t rt_pinned = 0;

}  // extern "C"

// --- Other files of the scheduler --------------------------------------------

// Waits where the original spins, and would be seen at every turn.
void RawMutex::LockSlow() {
  do {
    host::Op op(host::OpKind::kMutexLock, this,
                [this] { return !locked_.load(std::memory_order_relaxed); });
  } while (locked_.exchange(true, std::memory_order_seq_cst));
}

Scheduler* ActiveScheduler() { return nullptr; }

void Die(const Death& death) { host::Fatal(death.headline); }
void DieHere(std::string headline) { host::Fatal(headline); }

void Sysmon::WakeFromRestSlow() {}

constinit std::atomic<bool> tracing{false};
void TraceSlow(TraceKind kind, uint64_t, uint64_t, uint8_t) {
  if (kind == TraceKind::kSpin) active->BeginsToSpin();
}

Scheduler::~Scheduler() {
  RawLock lock(mu);
  while (M* m = all_ms) {
    all_ms = m->all_next;
    delete m;
  }
  for (int i = 0; i < ps_made.load(std::memory_order_relaxed); ++i) {
    P* p = ps[i].load(std::memory_order_relaxed);
    p->timers.Clear();
    delete p;
  }
}

// Nobody is seen to run: a thief has its second sleep.
int64_t CpuNs(const M& /*m*/) { return 0; }

int Scheduler::NumGoroutines() const { return 1; }

void ThreadMaker::Make(M* m) {
  active->StartThread(m, [](M* m) { m->scheduler->TakeAssignment(m); });
}

bool Scheduler::NetworkAwaited() const { return false; }
bool Scheduler::NetworkNeedsPoller() const { return false; }
Goroutine* Scheduler::PollNetwork(M* /*m*/) { return nullptr; }

bool Scheduler::SleepAsTimerM(M* m, int64_t timeout_ns) {
  timer_m = m;
  mu.Unlock();
  m->parker.Sleep(timeout_ns < 0 ? ThreadParker::kNoDeadline
                                 : MonotonicNs() + timeout_ns);
  mu.Lock();
  timer_m = nullptr;
  return false;
}

void Scheduler::WakeTimerM() { timer_m->parker.Wake(); }

// --- ExploredScheduler -------------------------------------------------------

ExploredScheduler::ExploredScheduler(int procs) {
  active = this;
  tracing.store(false);
  sleepers = nullptr;
  scheduler_.SetProcs(procs);
}

ExploredScheduler::~ExploredScheduler() { threads_.Wait(); }

M* ExploredScheduler::NewM() {
  RawLock lock(scheduler_.mu);
  return scheduler_.NewM();
}

void ExploredScheduler::Start(int ms, Task task) {
  std::vector<M*> all;
  for (int i = 0; i < ms; ++i) {
    all.push_back(NewM());
    TakeIdleP(all.back());
  }
  for (M* m : all) StartThread(m, std::exchange(task, nullptr));
}

void ExploredScheduler::StartLate() { StartThread(NewM(), TakeIdleP); }

void ExploredScheduler::StartThread(M* m, Task first) {
  m->started = true;
  threads_.Go([this, m, first = std::move(first)] {
    if (first) first(m);
    while (Goroutine* g = scheduler_.FindRunnable(m)) {
      Bump(m->p->tick);
      static_cast<Runnable*>(g)->does(m);
    }
  });
}

void ExploredScheduler::OnSpin(std::function<void()> task) {
  on_spin_ = std::move(task);
  tracing.store(true);
}

Goroutine* ExploredScheduler::Make(Task task) {
  goroutines_.push_back(std::make_unique<Runnable>());
  goroutines_.back()->does = std::move(task);
  return goroutines_.back().get();
}

void ExploredScheduler::Spawn(M* m, Goroutine* g) {
  Ready(m, g);
  scheduler_.WakeIfUseful();
}

void ExploredScheduler::Ready(M* m, Goroutine* g) {
  GoroutineList overflow;
  if (m->p->queue.PushNext(g, &overflow)) {
    scheduler_.WakeForOne();
  } else {
    scheduler_.WakeIfUseful();
  }
}

void ExploredScheduler::Exit(M* m) {
  scheduler_.world = Scheduler::World::kExiting;
  RawLock lock(scheduler_.mu);
  if (m->p != nullptr) scheduler_.PutIdleP(m->p);
  m->Take(nullptr);
  for (M* other = scheduler_.all_ms; other != nullptr;
       other = other->all_next) {
    if (other != m) other->parker.Wake();
  }
  if (scheduler_.timer_m != nullptr) scheduler_.WakeTimerM();
}

}  // namespace rt::internal
