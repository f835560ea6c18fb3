// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "tests/support/runtime_test.h"

#include <atomic>
#include <string>
#include <thread>

#include "absl/functional/function_ref.h"
#include "gtest/gtest.h"
#include "runtime/internal/goroutine.h"
#include "runtime/internal/raw_mutex.h"
#include "runtime/internal/sched.h"
#include "runtime/internal/symbolize.h"
#include "runtime/runtime.h"

namespace rt::testing {
namespace {

using internal::Goroutine;
using internal::GoroutinePool;
using internal::GStatus;

int CountBlocked() {
  int count = 0;
  GoroutinePool::Get().ForEach([&](Goroutine* g) {
    if (g->status.load(std::memory_order_acquire) == GStatus::kWaiting) ++count;
  });
  return count;
}

// Waits for all other goroutines to end; false if what is left is blocked.
// Nobody but the caller runs then, so nobody could wake them: what sleeps is
// not blocked for ever, hence the many rounds.
bool OthersEnd() {
  constexpr int kRounds = 100'000;
  for (int still = 0; still < kRounds;) {
    if (NumGoroutine() == 1) return true;
    still = CountBlocked() == NumGoroutine() - 1 ? still + 1 : 0;
    Gosched();
  }
  return false;
}

std::string DescribeOthers() {
  std::string text;
  GoroutinePool::Get().ForEach([&](Goroutine* g) {
    if (g->status.load(std::memory_order_acquire) != GStatus::kWaiting) return;
    text += "goroutine " + std::to_string(g->id) + " [" +
            WaitReasonText(g->wait_reason) + "] started at";
    for (const auto& at :
         internal::Symbolize(static_cast<const char*>(g->created_by_pc) - 1)) {
      text += " " + at.file + ":" + std::to_string(at.line);
    }
    text += "\n";
  });
  return text;
}

}  // namespace

void RuntimeTest::Main(absl::FunctionRef<void()> body) {
  int status = rt::Run([&] {
    GOMAXPROCS(GetParam());
    body();
    EXPECT_TRUE(OthersEnd()) << "left blocked:\n" << DescribeOthers();
  });
  EXPECT_EQ(status, 0);
}

internal::P* AddP(internal::Scheduler* scheduler, internal::PStatus status) {
  internal::RawLock lock(scheduler->mu);
  int id = scheduler->ps_made;
  auto* p = new internal::P(id);
  scheduler->ps[id] = p;
  scheduler->ps_made = scheduler->procs = id + 1;
  p->status = status;
  if (status == internal::PStatus::kIdle) scheduler->PutIdleP(p);
  return p;
}

void YieldUntil(absl::FunctionRef<bool()> done) {
  while (!done()) Gosched();
}

void WaitUntilSchedulerSleeps() {
  internal::Scheduler* scheduler = internal::ActiveScheduler();
  for (;;) {
    {
      internal::RawLock lock(scheduler->mu);
      if (scheduler->idle_ms == scheduler->total_ms) return;
    }
    std::this_thread::yield();
  }
}

void WaitUntilBlocked(int count) {
  YieldUntil([&] { return CountBlocked() == count; });
}

}  // namespace rt::testing
