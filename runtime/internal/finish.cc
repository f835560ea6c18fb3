// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The main goroutine has returned (D-008, D-024): every thread leaves its loop
// when its goroutine next switches away, and Run returns after the last one. A
// goroutine that computes on, or sits in a system call, ends the process
// instead.

#include <stdio.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <iostream>

#include "runtime/internal/check.h"
#include "runtime/internal/futex.h"
#include "runtime/internal/sched.h"
#include "runtime/internal/trace_file.h"

namespace rt::internal {
namespace {

// What a goroutine may still compute, in time of its processor, before it must
// have switched away: a time slice.
constexpr int64_t kSliceNs = 10'000'000;

// And how long all of that may take, on a busy machine, or if a goroutine
// blocks its thread without rt::Blocking.
constexpr int64_t kGraceNs = 100'000'000;

// How often to look.
constexpr int64_t kLookNs = 1'000'000;

}  // namespace

int64_t CpuNs(const M& m) {
  return CpuNs(m.tid.load(std::memory_order_relaxed));
}

int64_t CpuNs(pid_t tid) {
  // As pthread_getcpuclockid builds it; that needs a thread that has not been
  // joined, and Run joins them while we look.
  constexpr clockid_t kOfThread = 4;
  constexpr clockid_t kScheduled = 2;
  clockid_t clock = (~tid << 3) | kOfThread | kScheduled;
  timespec used;
  if (tid == 0 || clock_gettime(clock, &used) != 0) return 0;
  return int64_t{used.tv_sec} * 1'000'000'000 + used.tv_nsec;
}

void FlushStdout() {
  // A goroutine that was stopped may be in the middle of printing, and would
  // keep us for ever.
  constexpr int kTries = 100;
  for (int i = 0; i < kTries; ++i) {
    if (ftrylockfile(stdout) == 0) {
      std::cout.flush();
      fflush(stdout);
      funlockfile(stdout);
      return;
    }
    usleep(1000);
  }
}

// Gives idle P's to goroutines that were preempted, so that they can come to
// their next switch. GOMAXPROCS still holds.
void Scheduler::ContinueKept() {
  RawLock lock(mu);
  for (M* m = all_ms; m != nullptr; m = m->all_next) {
    if (!m->kept) continue;
    P* p = TakeIdleP();
    if (p == nullptr) return;
    GiveP(m, p, /*spin=*/false);
    m->parker.Wake();
  }
}

// Whether there is a goroutine that will not switch away soon.
bool Scheduler::SomebodyStays() {
  RawLock lock(mu);
  for (M* m = all_ms; m != nullptr; m = m->all_next) {
    // It may stay in its system call for hours.
    if (m->in_syscall.load(std::memory_order_relaxed)) return true;
    if (m->cpu_at_end_ns != 0 && CpuNs(*m) - m->cpu_at_end_ns > kSliceNs) {
      return true;
    }
  }
  return false;
}

void Scheduler::FinishMain(M* m) {
  FinishTrace();
  world.store(World::kExiting, std::memory_order_seq_cst);
  mu.Lock();
  PutIdleP(m->p);
  m->Take(nullptr);
  int others = total_ms - 1;
  for (M* other = all_ms; other != nullptr; other = other->all_next) {
    if (other == m) continue;
    other->cpu_at_end_ns = CpuNs(*other);
    other->parker.Wake();
  }
  if (timer_m != nullptr) WakeTimerM();
  mu.Unlock();
  int64_t deadline_ns = MonotonicNs() + kGraceNs;
  while (stopped_ms.load(std::memory_order_acquire) < others) {
    ContinueKept();
    int64_t now_ns = MonotonicNs();
    if (SomebodyStays() || now_ns > deadline_ns) {
      FlushStdout();
      ExitNow(0);
    }
    stopped.Sleep(std::min(deadline_ns, now_ns + kLookNs));
  }
}

}  // namespace rt::internal
