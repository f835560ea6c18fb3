// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The scheduler's dealings with the network poller: who looks, and who is
// woken.
//
// An M that finds its own and the global queue empty looks, before it robs
// others. If nobody is busy, the M that waits for the next timer waits in the
// poller instead of in its parker, while goroutines wait for the network.
//
// Rejected, what Go does: an M in the poller whenever one is idle, another one
// woken to replace it for each event that it gets. A woken core costs more than
// a small request, and what the one M sends the other one is woken for.
// Instead:
//   * nobody sleeps in the poller while a busy M looks often by itself;
//   * who gets one event and has never been long about it (kTrustedTurns)
//     wakes nobody to stand in for it.
// If then a goroutine computes on, sysmon looks, within a millisecond.

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "runtime/internal/futex.h"
#include "runtime/internal/host.h"
#include "runtime/internal/netpoll.h"
#include "runtime/internal/sched.h"
#include "runtime/internal/tracer.h"

namespace rt::internal {

namespace {

// An M that has looked more recently than that will look again soon.
constexpr int64_t kOftenNs = 100'000;

// From one look at the network to the M's next one.
constexpr int64_t kShortTurnNs = 50'000;
constexpr int kTrustedTurns = 8;  // So many in a row.

}  // namespace

bool Scheduler::NetworkAwaited() const { return Netpoll::Get().waiters() > 0; }

bool Scheduler::NetworkNeedsPoller() const {
  if (!NetworkAwaited()) return false;
  int64_t now_ns = host::NowNs();
  int made = ps_made.load(std::memory_order_acquire);
  for (int i = 0; i < made; ++i) {
    P* p = ps[i].load(std::memory_order_acquire);
    if (p->status.load(std::memory_order_relaxed) == PStatus::kRunning &&
        now_ns - p->polled_ns.load(std::memory_order_relaxed) < kOftenNs) {
      return false;
    }
  }
  return true;
}

// m looks, or waits there.
int Scheduler::Poll(M* m, int64_t timeout_ns, G** ready) {
  bool is_short = host::NowNs() - m->polled_ns < kShortTurnNs;
  m->short_turns = is_short ? std::min(m->short_turns + 1, kTrustedTurns) : 0;
  int count = Netpoll::Get().Poll(timeout_ns, ready);
  m->polled_ns = Netpoll::Get().last_poll_ns();
  return count;
}

bool Scheduler::SleepAsTimerM(M* m, int64_t timeout_ns) {
  G* ready[Netpoll::kMaxReady];
  int count = 0;
  timer_m = m;
  timer_m_polls = NetworkNeedsPoller();
  watched.store(timer_m_polls, std::memory_order_relaxed);
  if (timer_m_polls) {
    mu.Unlock();
    count = Poll(m, timeout_ns, ready);
  } else {
    mu.Unlock();
    int64_t deadline_ns = ThreadParker::kNoDeadline;
    if (timeout_ns >= 0) {
      deadline_ns = MonotonicNs();
      deadline_ns += std::min(timeout_ns, TimerHeap::kNever - deadline_ns);
    }
    m->parker.Sleep(deadline_ns);
  }
  mu.Lock();
  timer_m = nullptr;
  watched.store(false, std::memory_order_relaxed);
  if (count == 0) return false;
  m->Take(TakeIdleP());
  mu.Unlock();
  QueueReady(m, ready, count);
  mu.Lock();
  return m->p != nullptr;
}

void Scheduler::WakeTimerM() {
  // With the lock held: an M lives until Run ends, but its owner may be the one
  // that ends it.
  if (timer_m_polls) {
    Netpoll::Get().Break();
  } else {
    timer_m->parker.Wake();
  }
}

Goroutine* Scheduler::PollNetwork(M* m) {
  if (!NetworkAwaited()) return nullptr;
  G* ready[Netpoll::kMaxReady];
  int count = Poll(m, 0, ready);
  m->p->polled_ns.store(m->polled_ns, std::memory_order_relaxed);
  if (count == 0) return nullptr;
  QueueReady(m, ready, count);
  bool was_next;
  return m->p->queue.Pop(/*skip_next=*/false, &was_next);
}

void Scheduler::PollNetworkIfIdle(int64_t idle_ns) {
  Netpoll& poll = Netpoll::Get();
  if (poll.waiters() == 0 || host::NowNs() - poll.last_poll_ns() < idle_ns) {
    return;
  }
  G* ready[Netpoll::kMaxReady];
  int count = poll.Poll(0, ready);
  if (count > 0) QueueReady(nullptr, ready, count);
}

// On the queue of m's P, or on the global one if it has none.
void Scheduler::QueueReady(M* m, G* const* ready, int count) {
  GoroutineList rest;
  for (int i = 0; i < count; ++i) {
    auto* g = static_cast<Goroutine*>(ready[i]);
    Trace(TraceKind::kReady, g->id, 0,
          static_cast<uint8_t>(ReadyReason::kNetwork));
    g->status.store(GStatus::kRunnable, std::memory_order_release);
    if (m != nullptr && m->p != nullptr) {
      m->p->queue.PushBack(g, &rest);
    } else {
      rest.PushBack(g);
    }
  }
  InjectList(&rest);
  Netpoll::Get().Woken(count);
  // Who helps with the others, and waits in the poller while this M is busy.
  if (count > 1 || m == nullptr || m->short_turns < kTrustedTurns) {
    WakeAfterEvent();
  }
}

}  // namespace rt::internal
