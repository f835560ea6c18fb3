// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/death.h"

#include <cxxabi.h>
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <string>
#include <typeinfo>
#include <utility>
#include <vector>

#include "runtime/internal/backtrace.h"
#include "runtime/internal/check.h"
#include "runtime/internal/deadlock.h"
#include "runtime/internal/environment.h"
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

void Write(const std::string& text) { WriteStderr(text.data(), text.size()); }

std::string Demangle(const char* name) {
  int status = 0;
  char* text = abi::__cxa_demangle(name, nullptr, nullptr, &status);
  std::string result = status == 0 ? text : name;
  std::free(text);
  return result;
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

// --- Exceptions that nobody handles ------------------------------------------

std::terminate_handler previous_terminate;

[[noreturn]] void OnTerminate() {
  M* m = CurrentM();
  if (m != nullptr && m->current != nullptr) {
    if (m->current->exiting) host::Fatal("rt::Goexit from a noexcept function");
    if (std::current_exception() != nullptr) DiePanic();
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

// --- Stack overflow ----------------------------------------------------------

// The unwinder, and the handlers of sanitizers, need more than the usual 8 KiB.
// Touched only when it is used.
constexpr size_t kSignalStackBytes = size_t{256} << 10;

struct sigaction previous_segv;
struct sigaction previous_bus;

// Between the handler and what it returns to.
struct Overflow {
  std::atomic<bool> taken{false};
  Goroutine* goroutine = nullptr;
  void* pcs[kMaxFrames] = {};
  int size = 0;
};
constinit Overflow the_overflow;

[[noreturn]] void DieOfOverflow() {
  CurrentM()->fiber.AfterSwitch();
  Death death;
  death.headline = "fatal error: stack overflow";
  death.self = the_overflow.goroutine;
  death.pcs = the_overflow.pcs;
  death.size = the_overflow.size;
  Die(death);
}

void OnFault(int signal, siginfo_t* info, void* context) {
  M* m = CurrentM();
  Goroutine* g = m != nullptr ? m->current : nullptr;
  if (g == nullptr || !g->stack.GuardHolds(info->si_addr)) {
    // Not ours. Returning repeats the access, and the signal, with the old
    // handler in place.
    const struct sigaction& previous =
        signal == SIGSEGV ? previous_segv : previous_bus;
    if (previous.sa_flags & SA_SIGINFO) {
      previous.sa_sigaction(signal, info, context);
    } else {
      sigaction(signal, &previous, nullptr);
    }
    return;
  }
  // The message comes first: the stack may have run out in the middle of
  // malloc, whose lock the dump would then wait for.
  char text[96];
  int n = snprintf(text, sizeof(text),
                   "runtime: goroutine stack exceeds %zu-byte limit\n",
                   Stack::size());
  WriteStderr(text, static_cast<unsigned long>(n));
  SetWatchdog();

  Overflow& overflow = the_overflow;
  if (overflow.taken.exchange(true)) {
    for (;;) pause();
  }
  overflow.goroutine = g;
  overflow.size = Backtrace(overflow.pcs, kMaxFrames);
  // A dump does much that a signal handler must not. Go on, when this handler
  // returns, below what the M has on its own stack.
  g->fiber.BeforeJump(m->fiber);
  constexpr uintptr_t kRedZone = 128;
  uintptr_t sp = reinterpret_cast<uintptr_t>(m->context.sp) - kRedZone;
  sp &= ~uintptr_t{15};
  auto* registers = &static_cast<ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
  // As if called: the return address, which is never used, is below.
  registers->gregs[REG_RSP] = static_cast<greg_t>(sp - sizeof(void*));
  registers->gregs[REG_RIP] = reinterpret_cast<greg_t>(&DieOfOverflow);
#elif defined(__aarch64__)
  registers->sp = sp;
  registers->pc = reinterpret_cast<uintptr_t>(&DieOfOverflow);
#endif
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

void Die(const Death& death) {
  static std::atomic<bool> dying{false};
  if (dying.exchange(true)) {
    for (;;) pause();
  }
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
  M* m = CurrentM();
  Death death;
  death.self = m->current;
  death.all = false;
  death.headline = "panic: ";
  std::vector<void*> stack;
  try {
    throw;
  } catch (const Panic& panic) {
    death.headline += panic.what();
    stack = panic.stack();
  } catch (const std::exception& exception) {
    death.headline +=
        Demangle(typeid(exception).name()) + ": " + exception.what();
    stack = Backtrace();
  } catch (...) {
    death.headline += Demangle(abi::__cxa_current_exception_type()->name());
    stack = Backtrace();
  }
  death.pcs = stack.data();
  death.size = static_cast<int>(stack.size());
  DieFromGoroutine(m, death);
}

void InstallHandlers() {
  static const bool installed = [] {
    TakeReserve();
    struct sigaction action = {};
    action.sa_sigaction = OnFault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigaction(SIGSEGV, &action, &previous_segv);
    sigaction(SIGBUS, &action, &previous_bus);
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

SignalStack::SignalStack()
    : memory_(mmap(nullptr, kSignalStackBytes, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {
  if (memory_ == MAP_FAILED) return;  // An overflow then ends in SIGSEGV.
  stack_t stack = {};
  stack.ss_sp = memory_;
  stack.ss_size = kSignalStackBytes;
  sigaltstack(&stack, &previous_);
}

SignalStack::~SignalStack() {
  if (memory_ == MAP_FAILED) return;
  sigaltstack(&previous_, nullptr);
  munmap(memory_, kSignalStackBytes);
}

}  // namespace rt::internal
