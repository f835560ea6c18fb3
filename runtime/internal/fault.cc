// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/fault.h"

#include <elf.h>
#include <errno.h>
#include <link.h>
#include <signal.h>
#include <sys/mman.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>
#include <unwind.h>

#include <algorithm>
#include <atomic>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>

#include "runtime/internal/backtrace.h"
#include "runtime/internal/check.h"
#include "runtime/internal/death.h"
#include "runtime/internal/environment.h"
#include "runtime/internal/frames.h"
#include "runtime/internal/futex.h"
#include "runtime/internal/no_preempt.h"
#include "runtime/internal/sched.h"
#include "runtime/internal/signals.h"

// The linker's: where the program begins, and where its code ends.
extern "C" {
extern const ElfW(Ehdr) __ehdr_start;
extern const char etext;
}

namespace rt::internal {
namespace {

// The unwinder, and the handlers of sanitizers, need more than the usual 8 KiB.
// Touched only when it is used.
constexpr size_t kSignalStackBytes = size_t{256} << 10;

constexpr int kSignals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
struct sigaction previous[NSIG];

// From the handler to who reports.
struct Fault {
  std::atomic<bool> taken{false};
  std::atomic<bool> ready{false};
  Goroutine* goroutine = nullptr;
  char headline[256] = {};
  bool all = true;  // As Death's.
  void* pcs[kMaxShownFrames] = {};
  int size = 0;
};
constinit Fault the_fault;

[[noreturn]] void Stay() {
  for (;;) pause();
}

// --- The stack ---------------------------------------------------------------

// The frames at both ends of a stack of any depth.
struct Walk {
  static constexpr int64_t kEnd = kMaxFrames / 2;
  uintptr_t interrupted;  // Frames above are the handler's.
  bool begun = false;
  int64_t count = 0;
  void* inner[kEnd] = {};
  void* outer[kEnd] = {};  // A ring.
};

_Unwind_Reason_Code Step(_Unwind_Context* context, void* arg) {
  auto* walk = static_cast<Walk*>(arg);
  int before_instruction = 0;
  uintptr_t pc = _Unwind_GetIPInfo(context, &before_instruction);
  if (pc == 0) return _URC_END_OF_STACK;
  if (!walk->begun && pc != walk->interrupted) return _URC_NO_REASON;
  walk->begun = true;
  if (before_instruction) ++pc;  // As a return address, which it is not.
  auto* shown = reinterpret_cast<void*>(pc);
  if (walk->count < Walk::kEnd) {
    walk->inner[walk->count] = shown;
  } else {
    walk->outer[walk->count % Walk::kEnd] = shown;
  }
  ++walk->count;
  return _URC_NO_REASON;
}

// The stack of who was interrupted at `pc`, as AppendFrames takes it.
int StackAt(uintptr_t pc, void** pcs) {
  Walk walk{.interrupted = pc};
  _Unwind_Backtrace(Step, &walk);
  if (!walk.begun) return Backtrace(pcs, kMaxFrames);
  int size = static_cast<int>(std::min(walk.count, Walk::kEnd));
  std::copy_n(walk.inner, size, pcs);
  if (walk.count > 2 * Walk::kEnd) {
    pcs[size++] = nullptr;
    pcs[size++] = reinterpret_cast<void*>(walk.count - 2 * Walk::kEnd);
  }
  int64_t first = std::max(Walk::kEnd, walk.count - Walk::kEnd);
  for (int64_t i = first; i < walk.count; ++i) {
    pcs[size++] = walk.outer[i % Walk::kEnd];
  }
  return size;
}

// A call of a function that is nowhere: as if it had returned at once, so that
// the caller is found.
void LeaveNowhere(const siginfo_t& info, ucontext_t* context) {
  Interrupted at = Where(context);
  if (at.pc != reinterpret_cast<uintptr_t>(info.si_addr)) return;
  auto* registers = &context->uc_mcontext;
#if defined(__x86_64__)
  uintptr_t caller = *reinterpret_cast<uintptr_t*>(at.sp);
  registers->gregs[REG_RIP] = static_cast<greg_t>(caller - 1);
  registers->gregs[REG_RSP] += sizeof(void*);
#elif defined(__aarch64__)
  registers->pc = registers->regs[30] - 4;
#endif
}

// --- The words ---------------------------------------------------------------

// Large frames touch each of their pages (-fstack-clash-protection), so the
// guard is hit. Code that is compiled otherwise may step over it.
bool Overflows(const Goroutine& g, const Interrupted& at,
               const siginfo_t& info) {
  constexpr uintptr_t kLargestFrame = uintptr_t{64} << 20;
  auto low = reinterpret_cast<uintptr_t>(g.stack.low());
  return g.stack.GuardHolds(info.si_addr) ||
         (at.sp < low && low - at.sp <= kLargestFrame);
}

// The smallest number, divided by -1: the processor says "division" to both.
bool DividesSmallest([[maybe_unused]] const ucontext_t& context) {
#if defined(__x86_64__)
  const auto& registers = context.uc_mcontext.gregs;
  auto low = static_cast<uint64_t>(registers[REG_RAX]);
  auto high = static_cast<uint64_t>(registers[REG_RDX]);
  return (low == uint64_t{1} << 31 && (high & 0xffffffff) == 0xffffffff) ||
         (low == uint64_t{1} << 63 && high == ~uint64_t{0});
#else
  return false;
#endif
}

const char* SignalText(int signal) {
  switch (signal) {
    case SIGSEGV:
      return "SIGSEGV: segmentation violation";
    case SIGBUS:
      return "SIGBUS: bus error";
    case SIGFPE:
      return "SIGFPE: floating-point exception";
    case SIGILL:
      return "SIGILL: illegal instruction";
    default:
      return "SIGABRT: abort";
  }
}

void DescribeOverflow(Fault* fault) {
  snprintf(fault->headline, sizeof(fault->headline),
           "runtime: goroutine stack exceeds %zu-byte limit\n"
           "fatal error: stack overflow",
           Stack::size());
}

void Describe(int signal, const siginfo_t& info, const ucontext_t& context,
              const M& m, Fault* fault) {
  const char* text = SignalText(signal);
  auto pc = static_cast<unsigned long>(Where(&context).pc);
  auto address = reinterpret_cast<unsigned long>(info.si_addr);
  auto code = static_cast<unsigned long long>(int64_t{info.si_code});
  if (signal == SIGILL || signal == SIGABRT) {
    snprintf(fault->headline, sizeof(fault->headline),
             "%s\nPC=0x%lx m=%d sigcode=%llu", text, pc, m.id, code);
    return;
  }
  char message[128];
  constexpr unsigned long kNearNull = 0x1000;
  if (signal == SIGFPE) {
    const char* what = info.si_code != FPE_INTDIV ? "floating point error"
                       : DividesSmallest(context) ? "integer overflow"
                                                  : "integer divide by zero";
    snprintf(message, sizeof(message), "panic: runtime error: %s", what);
    fault->all = false;
  } else if (info.si_code == SI_KERNEL) {
    snprintf(message, sizeof(message),
             "unexpected fault: an address that no pointer can have\n"
             "fatal error: fault");
  } else if (address < kNearNull) {
    snprintf(message, sizeof(message),
             "panic: runtime error: invalid memory address or nil pointer "
             "dereference");
    fault->all = false;
  } else {
    snprintf(message, sizeof(message),
             "unexpected fault address 0x%lx\nfatal error: fault", address);
  }
  snprintf(fault->headline, sizeof(fault->headline),
           "%s\n[signal %s code=0x%llx addr=0x%lx pc=0x%lx]", message, text,
           code, address, pc);
}

// --- Without memory or locks -------------------------------------------------

// Where the program was linked to begin, as addr2line wants to know.
uintptr_t LinkedAddress(uintptr_t pc) {
  return __ehdr_start.e_type == ET_DYN
             ? pc - reinterpret_cast<uintptr_t>(&__ehdr_start)
             : pc;
}

bool InProgram(uintptr_t pc) {
  return pc >= reinterpret_cast<uintptr_t>(&__ehdr_start) &&
         pc < reinterpret_cast<uintptr_t>(&etext);
}

// Text into a buffer that is written when it is full.
class Lines {
 public:
  ~Lines() { WriteStderr(text_, size_); }
  [[gnu::format(printf, 2, 3)]] void Add(const char* format, ...) {
    char line[512];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    auto length = std::min(static_cast<size_t>(n), sizeof(line) - 1);
    if (size_ + length > sizeof(text_)) {
      WriteStderr(text_, size_);
      size_ = 0;
    }
    size_ =
        static_cast<size_t>(std::copy_n(line, length, text_ + size_) - text_);
  }

 private:
  char text_[4096];
  size_t size_ = 0;
};

[[noreturn]] void SayWithoutMemory() {
  const Fault& fault = the_fault;
  {
    Lines lines;
    if (!report_progress.begun.load(std::memory_order_acquire)) {
      lines.Add("%s\n", fault.headline);
    }
    TracebackLevel level = CurrentEnvironment().traceback;
    if (level > TracebackLevel::kNone) {
      lines.Add("\ngoroutine %llu [running]:\n",
                static_cast<unsigned long long>(fault.goroutine->id));
      char program[256];
      ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);
      program[std::max<ssize_t>(length, 0)] = '\0';
      lines.Add(
          "\tno names: the memory to find them is locked. This command "
          "has them:\n\taddr2line -Cpife %s",
          program);
      constexpr int kShown = 20;
      int shown = 0;
      for (int i = 0; i < fault.size && fault.pcs[i] != nullptr; ++i) {
        auto pc = reinterpret_cast<uintptr_t>(fault.pcs[i]) - 1;
        if (!InProgram(pc) || shown++ == kShown) continue;
        lines.Add(" 0x%lx", static_cast<unsigned long>(LinkedAddress(pc)));
      }
      lines.Add("\n");
    }
  }
  if (CurrentEnvironment().traceback == TracebackLevel::kCrash) {
    signal(SIGABRT, SIG_DFL);
    raise(SIGABRT);
  }
  ExitNow(2);
}

// Returns never; ends the program if the report gets stuck.
[[noreturn]] void WatchReport() {
  constexpr int64_t kLookNs = 50'000'000;
  constexpr int64_t kBeginNs = 2'000'000'000;
  constexpr int64_t kNameNs = 5'000'000'000;  // It may wait by spinning.
  constexpr int kPatience = 8;                // Looks at a report that sleeps.
  constexpr int kMorePatience = 30;  // After it has named the goroutine.
  const int64_t begun_ns = MonotonicNs();
  int64_t used_ns = -1;
  int asleep = 0;
  for (;;) {
    timespec look = {0, kLookNs};
    nanosleep(&look, nullptr);
    const ReportProgress& report = report_progress;
    pid_t writer = report.writer.load(std::memory_order_acquire);
    bool named = report.named.load(std::memory_order_acquire);
    int64_t taken_ns = MonotonicNs() - begun_ns;
    if (!named && taken_ns > (writer == 0 ? kBeginNs : kNameNs)) {
      SayWithoutMemory();
    }
    if (writer == 0) continue;
    bool stuck = report.crashed.load(std::memory_order_acquire);
    int64_t now_used_ns = CpuNs(writer);
    bool sleeps = now_used_ns == used_ns && ThreadState(writer) == 'S' &&
                  !report.writing.load(std::memory_order_relaxed);
    used_ns = now_used_ns;
    asleep = sleeps ? asleep + 1 : 0;
    stuck |= asleep >= (named ? kMorePatience : kPatience);
    if (!stuck) continue;
    if (!named) SayWithoutMemory();
    ExitNow(2);
  }
}

// --- The handler -------------------------------------------------------------

bool IsDefault(const struct sigaction& action) {
  return !(action.sa_flags & SA_SIGINFO) && action.sa_handler == SIG_DFL;
}

// Not ours: whose it was before.
void HandOn(int signal, siginfo_t* info, void* context) {
  const struct sigaction& before = previous[signal];
  if (before.sa_flags & SA_SIGINFO) {
    before.sa_sigaction(signal, info, context);
    return;
  }
  // Returning repeats what the signal came of, and the signal, with the old
  // handler in place. If somebody sent it, it has to be sent again.
  sigaction(signal, &before, nullptr);
  if (info->si_code <= 0) raise(signal);
}

void OnFault(int signal, siginfo_t* info, void* context) {
  M* m = CurrentM();
  Goroutine* g = m != nullptr ? m->current : nullptr;
  auto* registers = static_cast<ucontext_t*>(context);
  Interrupted at = Where(registers);
  bool overflow = g != nullptr && (signal == SIGSEGV || signal == SIGBUS) &&
                  Overflows(*g, at, *info);
  if (g == nullptr &&
      report_progress.writer.load(std::memory_order_relaxed) == gettid()) {
    report_progress.crashed.store(true, std::memory_order_release);
    if (the_fault.ready.load(std::memory_order_acquire)) Stay();
  }
  // A fault that somebody sends is none.
  bool sent = info->si_code <= 0 && signal != SIGABRT;
  if (g == nullptr || (!overflow && (sent || !IsDefault(previous[signal])))) {
    HandOn(signal, info, context);
    return;
  }
  AddNoPreempt(1);
  Fault& fault = the_fault;
  if (fault.taken.exchange(true)) Stay();
  fault.goroutine = g;
  if (overflow) {
    DescribeOverflow(&fault);
  } else {
    Describe(signal, *info, *registers, *m, &fault);
    if (signal == SIGSEGV || signal == SIGBUS) LeaveNowhere(*info, registers);
  }
  fault.size = StackAt(Where(registers).pc, fault.pcs);
  fault.ready.store(true, std::memory_order_release);
  m->scheduler->sysmon.Quit();
  WatchReport();
}

}  // namespace

void DieIfFaulted() {
  Fault& fault = the_fault;
  if (!fault.ready.load(std::memory_order_acquire)) return;
  // Should this thread fault in turn, the handler is to know.
  sigset_t faults;
  sigemptyset(&faults);
  for (int signal : kSignals) sigaddset(&faults, signal);
  pthread_sigmask(SIG_UNBLOCK, &faults, nullptr);
  // From here on it may get stuck.
  report_progress.writer.store(gettid(), std::memory_order_release);
  Die({.headline = fault.headline,
       .self = fault.goroutine,
       .pcs = fault.pcs,
       .size = fault.size,
       .all = fault.all});
}

void InstallFaultHandlers() {
  struct sigaction action = {};
  action.sa_sigaction = OnFault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  for (int signal : kSignals) {
    sigaction(signal, nullptr, &previous[signal]);
    // The overflow of a stack comes as one of these.
    bool needed = signal == SIGSEGV || signal == SIGBUS;
    if (needed || IsDefault(previous[signal])) {
      sigaction(signal, &action, nullptr);
    }
  }
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
