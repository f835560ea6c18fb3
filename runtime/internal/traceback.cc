// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/traceback.h"

#include <cxxabi.h>
#include <linux/membarrier.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <typeinfo>
#include <vector>

#include "runtime/internal/check.h"
#include "runtime/internal/sched.h"
#include "runtime/internal/symbolize.h"
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

// --- Frames ------------------------------------------------------------------

// A frame that is the machine's, not the program's: the runtime's own, the
// standard library's, abseil's.
bool IsMachinery(const SourceLocation& at) {
  std::string_view file = at.file;
  size_t slash = file.rfind('/');
  if (slash == std::string_view::npos) return file.empty();
  // The last folders decide: a compiler may have been given absolute paths.
  std::string_view folder = file.substr(0, slash);
  for (std::string_view ours : {"runtime", "runtime/internal"}) {
    if (folder == ours || folder.ends_with("/" + std::string(ours)))
      return true;
  }
  return file.starts_with("/usr/") || file.starts_with("external/") ||
         file.starts_with("../");  // The compiler's own libraries.
}

// Demangled names of lambdas are long: GCC's main::{lambda(int)#2}::operator()
// (int) const and Clang's main::$_1::operator()(int) const are
// main::lambda(int).
std::string ReadableName(std::string name) {
  if (size_t clone = name.find(" [clone"); clone != std::string::npos) {
    name.resize(clone);
  }
  constexpr std::string_view kCall = "::operator()";
  auto replace_lambda = [&](size_t at, size_t end) {
    if (name.compare(end, kCall.size(), kCall) == 0) end += kCall.size();
    name.replace(at, end - at, "lambda");
  };
  for (size_t at; (at = name.rfind("{lambda(")) != std::string::npos;) {
    size_t end = name.find('}', at);
    if (end == std::string::npos) break;
    replace_lambda(at, end + 1);
  }
  for (size_t at; (at = name.rfind("$_")) != std::string::npos;) {
    size_t end = name.find_first_not_of("0123456789", at + 2);
    replace_lambda(at, std::min(end, name.size()));
  }
  // What is left of operator()() const, here and of functions around.
  constexpr std::string_view kConst = " const";
  for (size_t at = 0; (at = name.find(kConst, at)) != std::string::npos;) {
    size_t end = at + kConst.size();
    if (end == name.size() || name[end] == ':') {
      name.erase(at, kConst.size());
    } else {
      at = end;
    }
  }
  return name;
}

void AppendFrame(const SourceLocation& at, std::string* out) {
  *out += ReadableName(at.function) + "\n\t" + at.file + ":" +
          std::to_string(at.line) + "\n";
}

void AppendFrames(void* const* pcs, int size, std::string* out) {
  bool any = false;
  for (int i = 0; i < size; ++i) {
    for (const SourceLocation& at :
         Symbolize(static_cast<const char*>(pcs[i]) - 1)) {
      if (IsMachinery(at)) continue;
      AppendFrame(at, out);
      any = true;
    }
  }
  if (size == kMaxFrames) *out += "...additional frames elided...\n";
  if (any) return;
  // No debug information, or nothing but machinery: better than nothing.
  for (int i = 0; i < size; ++i) {
    for (const SourceLocation& at :
         Symbolize(static_cast<const char*>(pcs[i]) - 1)) {
      if (!at.function.empty()) *out += ReadableName(at.function) + "\n";
    }
  }
}

void AppendCreatedBy(const Goroutine& g, std::string* out) {
  if (g.created_by_pc == nullptr) return;
  for (const SourceLocation& at :
       Symbolize(static_cast<const char*>(g.created_by_pc) - 1)) {
    if (IsMachinery(at)) continue;
    *out += "created by ";
    SourceLocation where = at;
    where.function = ReadableName(at.function);
    if (g.parent_id != 0) {
      where.function += " in goroutine " + std::to_string(g.parent_id);
    }
    *out += where.function + "\n\t" + at.file + ":" + std::to_string(at.line) +
            "\n";
    return;
  }
}

// --- Goroutines --------------------------------------------------------------

const char* StatusText(GStatus status, const Goroutine& g) {
  switch (status) {
    case GStatus::kRunnable:
      return "runnable";
    case GStatus::kRunning:
      return "running";
    case GStatus::kSyscall:
      return "syscall";
    case GStatus::kWaiting:
      return WaitReasonText(g.wait_reason);
    case GStatus::kIdle:
    case GStatus::kDead:
      break;
  }
  return "dead";
}

void AppendHeader(const Goroutine& g, const char* status, std::string* out) {
  *out += "\ngoroutine " + std::to_string(g.id) + " [" + status + "]:\n";
}

// Resumes g just for its stack. Only for one that nobody else can resume.
void AskForStack(Goroutine* g, StackRequest* request) {
  M* m = CurrentM();
  Fiber here;
  if (m == nullptr) here.AdoptThread();
  request->asker_fiber = m != nullptr ? &m->fiber : &here;
  g->stack_request = request;
  request->asker_fiber->BeforeSwitch(g->fiber);
  RtSwitchContext(&request->asker, &g->context);
  request->asker_fiber->AfterSwitch();
}

void WriteGoroutine(Goroutine* g) {
  GStatus status = g->status.load(std::memory_order_relaxed);
  if (status == GStatus::kIdle || status == GStatus::kDead) return;
  std::string text;
  AppendHeader(*g, StatusText(status, *g), &text);
  if (status == GStatus::kRunning || status == GStatus::kSyscall) {
    text += "\tgoroutine running on other thread; stack unavailable\n";
  } else if (g->stack.base != nullptr) {
    StackRequest request;
    AskForStack(g, &request);
    AppendFrames(request.pcs, request.size, &text);
  }
  AppendCreatedBy(*g, &text);
  Write(text);
}

// From here on no M begins to run a goroutine. One that runs goes on until it
// switches away.
void FreezeTheWorld(Scheduler* scheduler) {
  scheduler->world.store(Scheduler::World::kFrozen, std::memory_order_seq_cst);
  // Pairs with the compiler fence in Scheduler::Execute.
  if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) != 0) usleep(1000);
}

// --- Exceptions that nobody handles ------------------------------------------

std::terminate_handler previous_terminate;

[[noreturn]] void OnTerminate() {
  M* m = CurrentM();
  if (m != nullptr && m->current != nullptr &&
      std::current_exception() != nullptr) {
    DiePanic();
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
  // malloc, whose lock the dump would then wait for. It gets five seconds.
  char text[96];
  int n = snprintf(text, sizeof(text),
                   "runtime: goroutine stack exceeds %zu-byte limit\n",
                   Stack::size());
  WriteStderr(text, static_cast<unsigned long>(n));
  struct sigaction deadline = {};
  deadline.sa_handler = [](int) { ExitNow(2); };
  sigaction(SIGALRM, &deadline, nullptr);
  alarm(5);

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

}  // namespace

void Die(const Death& death) {
  static std::atomic<bool> dying{false};
  if (dying.exchange(true)) {
    for (;;) pause();
  }
  Scheduler* scheduler = ActiveScheduler();
  if (scheduler != nullptr) FreezeTheWorld(scheduler);
  std::cout.flush();
  std::fflush(stdout);
  std::string text = death.headline + "\n";
  if (death.self != nullptr) {
    AppendHeader(*death.self, "running", &text);
    AppendFrames(death.pcs, death.size, &text);
    AppendCreatedBy(*death.self, &text);
  }
  Write(text);
  if (death.all && scheduler != nullptr) {
    GoroutinePool::Get().ForEach([&](Goroutine* g) {
      if (g != death.self) WriteGoroutine(g);
    });
  }
  ExitNow(2);
}

void DieFromGoroutine(M* m, const Death& death) {
  m->after = After::kDie;
  m->death = &death;
  SwitchToM(m, m->current);
  __builtin_unreachable();
}

void DiePanic() {
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
    struct sigaction action = {};
    action.sa_sigaction = OnFault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigaction(SIGSEGV, &action, &previous_segv);
    sigaction(SIGBUS, &action, &previous_bus);
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
