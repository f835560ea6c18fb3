// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/explorer/guard.h"

#include <signal.h>
#include <sys/single_threaded.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iterator>
#include <string>

#include "runtime/explorer/engine.h"
#include "runtime/internal/backtrace.h"
#include "runtime/internal/symbolize.h"

namespace rt::explorer {
namespace {

constexpr int kSignals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGALRM};
constexpr size_t kAlternateStackBytes = 256 << 10;

// Processor time without any progress after which it is an endless loop, and
// ticks of the clock (seconds) after which it sleeps for ever.
constexpr int64_t kHangNs = int64_t{2} * 1'000'000'000;
constexpr int64_t kAsleepNs =
    5'000'000;  // Of processor time, for a whole tick.
constexpr int kAsleepTicks = 20;

struct sigaction old_actions[std::size(kSignals)];
stack_t old_stack;
std::terminate_handler old_terminate = nullptr;
bool exploring = false;

struct Watch {
  uint64_t progress = 0;
  int64_t busy_since_ns = 0;
  int64_t last_tick_ns = 0;
  int asleep_ticks = 0;
};
Watch watch;

int64_t ProcessorNs() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec * int64_t{1'000'000'000} + now.tv_nsec;
}

void Unblock(int signal) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  sigprocmask(SIG_UNBLOCK, &set, nullptr);
}

// The failing goroutine never goes on, so we may leave the handler for good.
[[noreturn]] void EndExecution(int signal, Verdict verdict, const char* text) {
  Engine* engine = Engine::Active();
  engine->Fail(verdict, text);
  Unblock(signal);
  engine->Abandon();
}

void OnTick() {
  Engine* engine = Engine::Active();
  int64_t now = ProcessorNs();
  if (engine == nullptr || mode == Mode::kEngine ||
      engine->progress() != watch.progress) {
    watch = {engine == nullptr ? 0 : engine->progress(), now, now, 0};
    return;
  }
  bool asleep = now - watch.last_tick_ns < kAsleepNs;
  watch.last_tick_ns = now;
  watch.asleep_ticks = asleep ? watch.asleep_ticks + 1 : 0;
  if (watch.asleep_ticks >= kAsleepTicks) {
    EndExecution(SIGALRM, Verdict::kHang,
                 "it blocks its kernel thread for ever, where the runtime "
                 "cannot see it");
  }
  if (now - watch.busy_since_ns >= kHangNs) {
    EndExecution(SIGALRM, Verdict::kHang, "");
  }
}

const char* CrashText(int signal) {
  switch (signal) {
    case SIGFPE:
      return "an arithmetic error, such as a division by zero";
    case SIGILL:
      return "an illegal instruction";
    case SIGBUS:
      return "an access to memory that is not there";
    default:
      return "an access to memory that is not the program's";
  }
}

void OnSignal(int signal, siginfo_t* info, void*) {
  if (signal == SIGALRM) return OnTick();
  Engine* engine = Engine::Active();
  bool in_goroutine = engine != nullptr && engine->current() != nullptr;
  // The last straw may be ours: the compiler's callbacks use the same stack.
  bool overflow =
      in_goroutine && signal == SIGSEGV && engine->InStackGuard(info->si_addr);
  if (overflow) {
    EndExecution(
        signal, Verdict::kMemory,
        "the goroutine's stack overflows: endless recursion, or a local "
        "variable of some hundred KiB?");
  }
  if (!in_goroutine || mode == Mode::kEngine) {
    // Our own fault, or a crash outside any execution: as if we were not here.
    ::signal(signal, SIG_DFL);
    Unblock(signal);
    raise(signal);
    return;
  }
  if (signal == SIGABRT) {
    EndExecution(signal, Verdict::kPanic, "the program calls abort()");
  }
  EndExecution(signal, Verdict::kMemory, CrashText(signal));
}

// Which of the functions that call std::terminate did.
std::string TerminateText() {
  for (void* pc : internal::Backtrace()) {
    for (const internal::SourceLocation& place :
         internal::Symbolize(static_cast<char*>(pc) - 1)) {
      if (place.function.find("thread::~thread(") != std::string::npos) {
        return "a std::thread is destroyed that was neither joined nor "
               "detached";
      }
      if (place.function.find("thread::operator=(") != std::string::npos) {
        return "a std::thread is assigned to that was neither joined nor "
               "detached";
      }
    }
  }
  return "the program calls std::terminate(), as a std::thread does that is "
         "destroyed or assigned to, and was neither joined nor detached";
}

void OnTerminate() {
  Engine* engine = Engine::Active();
  if (engine == nullptr || mode == Mode::kEngine) abort();
  EngineScope scope;
  std::string text = "an exception leaves a function that is noexcept";
  if (std::exception_ptr exception = std::current_exception()) {
    try {
      std::rethrow_exception(exception);
    } catch (const std::exception& e) {
      text += std::string(": ") + e.what();
    } catch (...) {
    }
  } else {
    text = TerminateText();
  }
  engine->Fail(Verdict::kPanic, text);
  engine->Abandon();
}

// exit() in the code under test would end the grader, perhaps with status 0.
void OnExit() {
  if (!exploring) return;
  fprintf(stdout,
          "PANIC\n  the code under test calls exit(): a grader that ends early "
          "has not passed\n");
  fflush(stdout);
  _exit(1);
}

}  // namespace

Guard::Guard() {
  // Otherwise the standard library counts references without atomic accesses
  // as long as there is one kernel thread.
  __libc_single_threaded = 0;
  static const bool registered = atexit(&OnExit) == 0;
  static_cast<void>(registered);
  static char alternate_stack[kAlternateStackBytes];
  stack_t stack = {};
  stack.ss_sp = alternate_stack;
  stack.ss_size = sizeof alternate_stack;
  sigaltstack(&stack, &old_stack);
  struct sigaction action = {};
  action.sa_sigaction = &OnSignal;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
  for (size_t i = 0; i < std::size(kSignals); ++i) {
    sigaction(kSignals[i], &action, &old_actions[i]);
  }
  itimerval every_second = {{1, 0}, {1, 0}};
  setitimer(ITIMER_REAL, &every_second, nullptr);
  old_terminate = std::set_terminate(&OnTerminate);
  watch = {};
  watch.busy_since_ns = watch.last_tick_ns = ProcessorNs();
  exploring = true;
}

Guard::~Guard() {
  exploring = false;
  std::set_terminate(old_terminate);
  itimerval off = {};
  setitimer(ITIMER_REAL, &off, nullptr);
  for (size_t i = 0; i < std::size(kSignals); ++i) {
    sigaction(kSignals[i], &old_actions[i], nullptr);
  }
  sigaltstack(&old_stack, nullptr);
}

}  // namespace rt::explorer
