// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/schedtrace.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "runtime/internal/g.h"
#include "runtime/internal/goroutine.h"
#include "runtime/internal/m.h"
#include "runtime/internal/p.h"
#include "runtime/internal/raw_mutex.h"
#include "runtime/internal/sanitizer.h"
#include "runtime/internal/sched.h"

namespace rt::internal {
namespace {

// Collects text in a small buffer of its own.
class Writer {
 public:
  Writer(SchedTraceSink sink, void* arg) : sink_(sink), arg_(arg) {}
  ~Writer() { Flush(); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  Writer& operator<<(std::string_view text) {
    while (!text.empty()) {
      if (size_ == sizeof(buffer_)) Flush();
      size_t n = std::min(text.size(), sizeof(buffer_) - size_);
      std::memcpy(buffer_ + size_, text.data(), n);
      size_ += n;
      text.remove_prefix(n);
    }
    return *this;
  }
  Writer& operator<<(const char* text) {
    return *this << std::string_view(text);
  }
  Writer& operator<<(int64_t n) {
    char digits[24];
    char* end = std::to_chars(digits, digits + sizeof(digits), n).ptr;
    return *this << std::string_view(digits, static_cast<size_t>(end - digits));
  }
  Writer& operator<<(bool b) { return *this << (b ? "true" : "false"); }

 private:
  void Flush() {
    if (size_ > 0) sink_(buffer_, size_, arg_);
    size_ = 0;
  }

  SchedTraceSink const sink_;
  void* const arg_;
  size_t size_ = 0;
  char buffer_[4096];
};

// What belongs to m's thread, which may be writing it.
struct MState {
  const Goroutine* current;
  const Goroutine* locked;
  const P* p;
  bool spinning;
};

[[gnu::noinline]] RT_NO_TSAN MState Look(const M* m) {
  return {__atomic_load_n(&m->current, __ATOMIC_RELAXED),
          __atomic_load_n(&m->locked, __ATOMIC_RELAXED),
          __atomic_load_n(&m->p, __ATOMIC_RELAXED),
          __atomic_load_n(&m->spinning, __ATOMIC_RELAXED)};
}

// The same of a goroutine.
struct GState {
  WaitReason reason;
  const M* thread;
  bool locked;
};

[[gnu::noinline]] RT_NO_TSAN GState Look(const Goroutine* g) {
  // Volatile: Clang has no atomic load of an enumeration.
  return {const_cast<const volatile Goroutine*>(g)->wait_reason,
          __atomic_load_n(&g->thread, __ATOMIC_RELAXED),
          __atomic_load_n(&g->thread_locks, __ATOMIC_RELAXED) > 0};
}

[[gnu::noinline]] RT_NO_TSAN int64_t FreeCount(const P* p) {
  return p->free.size();
}

// A number, or nil.
struct Id {
  bool known;
  int64_t id;
};

template <typename T>
Id IdOf(const T* t) {
  return {t != nullptr, t != nullptr ? static_cast<int64_t>(t->id) : 0};
}

Writer& operator<<(Writer& out, Id id) {
  return id.known ? out << id.id : out << "nil";
}

int StatusNumber(PStatus status) {
  switch (status) {
    case PStatus::kIdle:
      return 0;
    case PStatus::kRunning:
      return 1;
    case PStatus::kSyscall:
      return 2;
    case PStatus::kRetired:
      break;
  }
  return 4;
}

int StatusNumber(GStatus status) {
  switch (status) {
    case GStatus::kIdle:
      return 0;
    case GStatus::kRunnable:
      return 1;
    case GStatus::kRunning:
      return 2;
    case GStatus::kSyscall:
      return 3;
    case GStatus::kWaiting:
      return 4;
    case GStatus::kPreempted:
      return 9;
    case GStatus::kDead:
      break;
  }
  return 6;
}

int64_t QueueLength(const P* p) {
  return int64_t{p->queue.RingSize()} +
         (p->queue.PeekNext() != nullptr ? 1 : 0);
}

int64_t Tick(const P* p) { return p->tick.load(std::memory_order_relaxed); }

void WritePs(const P* const* ps, int count, Writer& out) {
  out << " [ ";
  for (int i = 0; i < count; ++i) out << QueueLength(ps[i]) << " ";
  out << "] schedticks=[ ";
  for (int i = 0; i < count; ++i) out << Tick(ps[i]) << " ";
  out << "]\n";
}

void WritePDetails(const P* p, Writer& out) {
  const M* m = p->holder.load(std::memory_order_relaxed);
  PStatus status = p->status.load(std::memory_order_relaxed);
  bool held = status != PStatus::kIdle && m != nullptr;
  out << "  P" << int64_t{p->id} << ": status=" << int64_t{StatusNumber(status)}
      << " schedtick=" << Tick(p) << " syscalltick="
      << int64_t{p->syscall_tick.load(std::memory_order_relaxed)}
      << " m=" << IdOf(held ? m : nullptr) << " runqsize=" << QueueLength(p)
      << " gfreecnt=" << FreeCount(p)
      << " timerslen=" << int64_t{p->timers.SizeNow()} << "\n";
}

void WriteM(const M* m, Writer& out) {
  MState state = Look(m);
  bool blocked = state.p == nullptr && state.current == nullptr;
  out << "  M" << int64_t{m->id} << ": p=" << IdOf(state.p)
      << " curg=" << IdOf(state.current)
      << " mallocing=0 throwing=0 preemptoff= locks=0 dying=0 spinning="
      << state.spinning << " blocked=" << blocked
      << " lockedg=" << IdOf(state.locked) << "\n";
}

void WriteG(const Goroutine* g, const M* all_ms, Writer& out) {
  GStatus status = g->status.load(std::memory_order_acquire);
  if (status == GStatus::kIdle || status == GStatus::kDead) return;
  GState state = Look(g);
  const M* m = nullptr;
  if (status == GStatus::kPreempted) {
    m = state.thread;
  } else if (status == GStatus::kRunning || status == GStatus::kSyscall) {
    m = all_ms;
    while (m != nullptr && Look(m).current != g) m = m->all_next;
  }
  out << "  G" << static_cast<int64_t>(g->id)
      << ": status=" << int64_t{StatusNumber(status)} << "("
      << (status == GStatus::kWaiting ? WaitReasonText(state.reason) : "")
      << ") m=" << IdOf(m)
      << " lockedm=" << IdOf(state.locked ? state.thread : nullptr) << "\n";
}

}  // namespace

void WriteSchedTrace(Scheduler* scheduler, int64_t since_start_ms,
                     bool detailed, SchedTraceSink sink, void* arg) {
  const P* ps[kMaxProcs];
  scheduler->mu.Lock();
  int procs = scheduler->procs.load(std::memory_order_relaxed);
  for (int i = 0; i < procs; ++i) {
    ps[i] = scheduler->ps[i].load(std::memory_order_relaxed);
  }
  int64_t idle_ps = scheduler->idle_ps.load(std::memory_order_relaxed);
  int64_t idle_ms = scheduler->idle_ms;
  int64_t threads =
      scheduler->total_ms - scheduler->ended_ms + 2;  // Sysmon; the maker.
  int64_t queued = scheduler->global.size();
  // Neither the list behind it nor its elements change before Run ends.
  const M* all_ms = scheduler->all_ms;
  scheduler->mu.Unlock();

  Writer out(sink, arg);
  out << "SCHED " << since_start_ms << "ms: gomaxprocs=" << int64_t{procs}
      << " idleprocs=" << idle_ps << " threads=" << threads
      << " spinningthreads="
      << int64_t{scheduler->spinning.load(std::memory_order_relaxed)}
      << " needspinning=0 idlethreads=" << idle_ms << " runqueue=" << queued;
  if (!detailed) {
    WritePs(ps, procs, out);
    return;
  }
  int64_t idle_locked = 0;
  for (const M* m = all_ms; m != nullptr; m = m->all_next) {
    MState state = Look(m);
    if (state.locked != nullptr && state.p == nullptr &&
        state.current == nullptr) {
      ++idle_locked;
    }
  }
  out << " gcwaiting=false nmidlelocked=" << idle_locked
      << " stopwait=0 sysmonwait=" << scheduler->sysmon.resting() << "\n";
  for (int i = 0; i < procs; ++i) WritePDetails(ps[i], out);
  for (const M* m = all_ms; m != nullptr; m = m->all_next) {
    WriteM(m, out);
  }
  GoroutinePool::Get().ForEach(
      [&](const Goroutine* g) { WriteG(g, all_ms, out); });
}

}  // namespace rt::internal
