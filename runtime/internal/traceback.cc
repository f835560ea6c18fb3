// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/traceback.h"

#include <cxxabi.h>
#include <linux/membarrier.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
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

bool IsTest(std::string_view file) {
  return file.find("_test.cc") != std::string_view::npos;
}

// A frame that is the machine's, not the program's: the runtime's own, the
// standard library's, abseil's.
bool IsMachinery(const SourceLocation& at) {
  std::string_view file = at.file;
  if (file.empty()) return true;
  if (file.starts_with("runtime/")) return !IsTest(file);
  return file.starts_with("/usr/") || file.starts_with("external/");
}

// A lambda as Go would name it: main()::{lambda()#2}::operator()() const is
// main()::func2().
std::string ReadableName(std::string name) {
  if (size_t clone = name.find(" [clone"); clone != std::string::npos) {
    name.resize(clone);
  }
  constexpr std::string_view kLambda = "{lambda(";
  for (size_t at; (at = name.rfind(kLambda)) != std::string::npos;) {
    size_t number = name.find("#", at);
    size_t end = number == std::string::npos ? number : name.find('}', number);
    if (end == std::string::npos) break;
    std::string short_name = "func" + name.substr(number + 1, end - number - 1);
    ++end;
    constexpr std::string_view kCall = "::operator()";
    if (name.compare(end, kCall.size(), kCall) == 0) end += kCall.size();
    name.replace(at, end - at, short_name);
  }
  constexpr std::string_view kConst = " const";
  if (std::string_view(name).ends_with(kConst)) {
    name.resize(name.size() - kConst.size());
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

// --- Stack overflow ----------------------------------------------------------

// ASan's and TSan's own handlers, and libdw, need more than the usual 8 KiB.
// Touched only when it is used.
constexpr size_t kSignalStackBytes = size_t{1} << 20;

struct sigaction previous_segv;
struct sigaction previous_bus;

void OnDeadline(int) { _exit(2); }

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
  // The stack may have run out in the middle of malloc, whose lock a dump would
  // wait for. The message comes first, and the dump may take only so long.
  std::string_view kMessage = "runtime: goroutine stack exceeds ";
  WriteStderr(kMessage.data(), kMessage.size());
  char limit[64];
  int n = snprintf(limit, sizeof(limit), "%zu-byte limit\n", Stack::size());
  WriteStderr(limit, static_cast<unsigned long>(n));
  struct sigaction deadline = {};
  deadline.sa_handler = OnDeadline;
  sigaction(SIGALRM, &deadline, nullptr);
  alarm(5);

  void* pcs[kMaxFrames];
  Death death;
  death.headline = "fatal error: stack overflow";
  death.self = g;
  death.pcs = pcs;
  death.size = Backtrace(pcs, kMaxFrames);
  Die(death);
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
  _exit(2);
}

void DieFromGoroutine(M* m, const Death& death) {
  m->after = After::kDie;
  m->death = &death;
  SwitchToM(m, m->current);
  __builtin_unreachable();
}

void DiePanic(Goroutine* self) {
  Death death;
  death.self = self;
  death.all = false;
  std::vector<void*> stack;
  death.headline = "panic: ";
  try {
    throw;
  } catch (const Panic& panic) {
    death.headline += panic.what();
    stack = panic.stack();
  } catch (const std::exception& exception) {
    death.headline +=
        Demangle(typeid(exception).name()) + ": " + exception.what();
  } catch (...) {
    death.headline += Demangle(abi::__cxa_current_exception_type()->name());
  }
  death.pcs = stack.data();
  death.size = static_cast<int>(stack.size());
  DieFromGoroutine(CurrentM(), death);
}

void InstallOverflowHandler() {
  static const bool installed = [] {
    struct sigaction action = {};
    action.sa_sigaction = OnFault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigaction(SIGSEGV, &action, &previous_segv);
    sigaction(SIGBUS, &action, &previous_bus);
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
