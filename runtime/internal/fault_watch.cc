// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/fault_watch.h"

#include <elf.h>
#include <link.h>
#include <signal.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdio>

#include "runtime/internal/check.h"
#include "runtime/internal/death.h"
#include "runtime/internal/environment.h"
#include "runtime/internal/futex.h"
#include "runtime/internal/sched.h"
#include "runtime/internal/sysmon.h"

// The linker's: where the program begins, and where its code ends.
extern "C" {
extern const ElfW(Ehdr) __ehdr_start;
extern const char etext;
}

namespace rt::internal {
namespace {

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

[[noreturn]] void SayWithoutMemory(const FaultReport& fault) {
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

}  // namespace

void WatchReport(const FaultReport& fault) {
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
      SayWithoutMemory(fault);
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
    if (!named) SayWithoutMemory(fault);
    ExitNow(2);
  }
}

}  // namespace rt::internal
