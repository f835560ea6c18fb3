// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The scheduler's dealings with the network poller.
//
// Who polls: an M that finds its own and the global queue empty looks, before
// it robs others. The one M that waits for the next timer waits in the poller
// instead of in its parker, while goroutines wait for the network.

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "runtime/internal/futex.h"
#include "runtime/internal/host.h"
#include "runtime/internal/netpoll.h"
#include "runtime/internal/sched.h"

namespace rt::internal {

void Scheduler::ConnectNetwork() {
  Netpoll::Get().SetHooks(
      /*opened=*/
      [] {
        Scheduler* scheduler = ActiveScheduler();
        if (scheduler == nullptr) return;
        // Whoever sleeps in its parker until the next timer goes to the poller.
        RawLock lock(scheduler->mu);
        if (scheduler->timer_m != nullptr) scheduler->WakeTimerM();
      },
      /*waiting=*/
      [] {
        Scheduler* scheduler = ActiveScheduler();
        // The count of who waits was raised before, and an M that goes idle
        // says so before it looks at the count: one of the two sees the other.
        if (!scheduler->watched.load(std::memory_order_seq_cst)) {
          scheduler->WakeIfUseful();
        }
      });
}

void Scheduler::DisconnectNetwork() {
  Netpoll::Get().SetHooks(nullptr, nullptr);
  Netpoll::Get().Reset();
}

bool Scheduler::NetworkAwaited() const { return Netpoll::Get().waiters() > 0; }

bool Scheduler::SleepAsTimerM(M* m, int64_t timeout_ns) {
  Netpoll& poll = Netpoll::Get();
  G* ready[Netpoll::kMaxReady];
  int count = 0;
  timer_m = m;
  timer_m_polls = poll.active();
  watched.store(true, std::memory_order_seq_cst);
  if (timer_m_polls) {
    mu.Unlock();
    count = poll.Poll(timeout_ns, ready);
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
  watched.store(false, std::memory_order_seq_cst);
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
  Netpoll& poll = Netpoll::Get();
  if (poll.waiters() == 0) return nullptr;
  G* ready[Netpoll::kMaxReady];
  int count = poll.Poll(0, ready);
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
    g->status.store(GStatus::kRunnable, std::memory_order_relaxed);
    if (m != nullptr && m->p != nullptr) {
      m->p->queue.PushBack(g, &rest);
    } else {
      rest.PushBack(g);
    }
  }
  InjectList(&rest);
  Netpoll::Get().Woken(count);
  // For the others, and for who will wait in the poller while this M is busy.
  WakeAfterPushBack();
}

}  // namespace rt::internal
