// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/death.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "runtime/internal/backtrace.h"
#include "runtime/internal/check.h"
#include "runtime/internal/deadlock.h"
#include "runtime/internal/environment.h"
#include "runtime/internal/fault.h"
#include "runtime/internal/frames.h"
#include "runtime/internal/host.h"
#include "runtime/internal/no_preempt.h"
#include "runtime/internal/sched.h"
#include "runtime/internal/switch.h"
#include "runtime/internal/trace_file.h"
#include "runtime/internal/traceback.h"
#include "runtime/panic.h"

namespace rt::internal {
namespace {

void Write(const std::string& text) {
  report_progress.writing.store(true, std::memory_order_relaxed);
  WriteStderr(text.data(), text.size());
  report_progress.writing.store(false, std::memory_order_relaxed);
}

// A report needs locks (malloc's, that of the symbols) whose owners may be
// stopped for good. It gets five seconds, from each call on.
void SetWatchdog() {
  struct sigaction action = {};
  action.sa_handler = [](int) { ExitNow(2); };
  sigaction(SIGALRM, &action, nullptr);
  alarm(5);
}

// Address space for the report of a program that has used up its own: given
// back when the program begins to die. What reads the debug information needs
// some, and crashes without.
constexpr size_t kReserveBytes = size_t{64} << 20;
std::atomic<void*> reserve{MAP_FAILED};

void TakeReserve() {
  reserve = mmap(nullptr, kReserveBytes, PROT_NONE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

void GiveReserveBack() {
  void* memory = reserve.exchange(MAP_FAILED);
  if (memory != MAP_FAILED) munmap(memory, kReserveBytes);
}

// The calling goroutine dies of what it threw.
[[noreturn]] void DieOf(ThrownReport thrown) {
  Death death;
  death.self = CurrentM()->current;
  death.all = false;
  death.headline = std::move(thrown.text);
  std::vector<void*> stack =
      thrown.stack.empty() ? Backtrace() : std::move(thrown.stack);
  death.pcs = stack.data();
  death.size = static_cast<int>(stack.size());
  DieFromGoroutine(CurrentM(), death);
}

// --- Exceptions that nobody handles ------------------------------------------

std::terminate_handler previous_terminate;

[[noreturn]] void OnTerminate() {
  M* m = CurrentM();
  if (m != nullptr && m->current != nullptr) {
    if (std::uncaught_exceptions() > 0) {
      GiveReserveBack();
      ThrownReport unhandled = DescribeUnhandled();
      if (!unhandled.text.empty()) DieOf(std::move(unhandled));
    }
    // What was handled when Goexit was called is set aside, so this was thrown
    // since.
    if (std::current_exception() != nullptr) DiePanic();
    if (m->current->exiting) host::Fatal("rt::Goexit from a noexcept function");
    if (std::uncaught_exceptions() > 0) {
      host::Fatal(
          "std::terminate with an exception on its way, as when it "
          "leaves a noexcept function");
    }
  }
  if (std::current_exception() != nullptr && ActiveScheduler() != nullptr) {
    try {
      throw;
    } catch (const std::bad_alloc&) {  // The scheduler's own, or a thread's.
      GiveReserveBack();
      Death death;
      death.headline = "fatal error: out of memory";
      Die(death);
    } catch (...) {
    }
  }
  previous_terminate();
  std::abort();
}

// --- SIGQUIT -----------------------------------------------------------------

// The next one kills: the handler is gone (SA_RESETHAND).
void OnQuit(int signal) {
  Scheduler* scheduler = ActiveScheduler();
  if (scheduler == nullptr) {
    raise(signal);  // Delivered when this one returns.
    return;
  }
  scheduler->sysmon.Quit();
}

}  // namespace

constinit ReportProgress report_progress;

void Die(const Death& death) {
  static std::atomic<bool> dying{false};
  if (dying.exchange(true)) {
    for (;;) pause();
  }
  // Release: who watches finds the thread.
  report_progress.writer.store(gettid(), std::memory_order_release);
  Scheduler* scheduler = ActiveScheduler();
  SetWatchdog();
  GiveReserveBack();
  if (scheduler != nullptr) FreezeTheWorld(scheduler);
  FlushStdout();
  TracebackLevel level = CurrentEnvironment().traceback;
  FrameFilter filter = level >= TracebackLevel::kSystem ? FrameFilter::kAll
                                                        : FrameFilter::kProgram;
  // First, and without an allocation: the lock of malloc may be kept for good.
  Write(death.headline);
  WriteStderr("\n", 1);
  report_progress.begun.store(true, std::memory_order_release);
  std::string text;
  if (death.self != nullptr && level > TracebackLevel::kNone) {
    text = "\n";
    AppendRunning(*death.self, death.pcs, death.size, filter, &text);
    Write(text);
  } else if (death.size > 0 && level > TracebackLevel::kNone) {
    text = "\nthread " + std::to_string(gettid()) + " [running]:\n";
    AppendFrames(death.pcs, death.size, filter, &text);
    Write(text);
  }
  report_progress.named.store(true, std::memory_order_release);
  bool all = level >= TracebackLevel::kAll ||
             (level == TracebackLevel::kSingle && death.all);
  if (all && scheduler != nullptr) {
    StackRequest request;
    GoroutinePool::Get().ForEach([&](Goroutine* g) {
      if (g == death.self) return;
      SetWatchdog();
      text.clear();
      AppendGoroutine(g, filter, &request, &text);
      Write(text);
    });
  }
  if (all && scheduler != nullptr) {
    SetWatchdog();
    text = DescribeDeadlocks(CollectFrozen(), /*explain=*/true);
    if (!text.empty()) Write("\n" + text);
  }
  SetWatchdog();
  FinishTrace();
  if (level == TracebackLevel::kCrash) {
    signal(SIGABRT, SIG_DFL);
    std::abort();
  }
  ExitNow(2);
}

void DieHere(std::string headline) {
  void* pcs[kMaxFrames];
  M* m = CurrentM();
  Death death;
  death.headline = std::move(headline);
  death.pcs = pcs;
  death.size = Backtrace(pcs, kMaxFrames);
  if (m == nullptr || m->current == nullptr) Die(death);
  death.self = m->current;
  DieFromGoroutine(m, death);
}

void DieFromGoroutine(M* m, const Death& death) {
  m->after = After::kDie;
  m->death = &death;
  SetPinned(1);
  SwitchToM(m, m->current);
  __builtin_unreachable();
}

void DiePanic() {
  GiveReserveBack();
  DieOf(DescribeThrown());
}

void InstallHandlers() {
  static const bool installed = [] {
    TakeReserve();
    InstallFaultHandlers();
    // A program that ignores SIGQUIT or has a handler of its own keeps that.
    struct sigaction quit = {};
    sigaction(SIGQUIT, nullptr, &quit);
    if (!(quit.sa_flags & SA_SIGINFO) && quit.sa_handler == SIG_DFL) {
      quit.sa_handler = OnQuit;
      quit.sa_flags = SA_RESETHAND | SA_RESTART | SA_ONSTACK;
      sigaction(SIGQUIT, &quit, nullptr);
    }
    previous_terminate = std::set_terminate(OnTerminate);
    return true;
  }();
  static_cast<void>(installed);
}

}  // namespace rt::internal
