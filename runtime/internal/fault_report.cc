// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/fault_report.h"

#include <signal.h>
#include <ucontext.h>

#include <cstdint>
#include <cstdio>

#include "runtime/internal/signals.h"
#include "runtime/internal/stack.h"

namespace rt::internal {
namespace {

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

}  // namespace

void DescribeOverflow(FaultReport* report) {
  snprintf(report->headline, sizeof(report->headline),
           "runtime: goroutine stack exceeds %zu-byte limit\n"
           "fatal error: stack overflow",
           Stack::size());
}

void DescribeFault(int signal, const siginfo_t& info, const ucontext_t& context,
                   int m_id, FaultReport* report) {
  const char* text = SignalText(signal);
  auto pc = static_cast<unsigned long>(Where(&context).pc);
  auto address = reinterpret_cast<unsigned long>(info.si_addr);
  auto code = static_cast<unsigned long long>(int64_t{info.si_code});
  if (signal == SIGILL || signal == SIGABRT) {
    snprintf(report->headline, sizeof(report->headline),
             "%s\nPC=0x%lx m=%d sigcode=%llu", text, pc, m_id, code);
    return;
  }
  char message[128];
  constexpr unsigned long kNearNull = 0x1000;
  if (signal == SIGFPE) {
    const char* what = info.si_code != FPE_INTDIV ? "floating point error"
                       : DividesSmallest(context) ? "integer overflow"
                                                  : "integer divide by zero";
    snprintf(message, sizeof(message), "panic: runtime error: %s", what);
    report->all = false;
  } else if (info.si_code == SI_KERNEL) {
    snprintf(message, sizeof(message),
             "unexpected fault: an address that no pointer can have\n"
             "fatal error: fault");
  } else if (address < kNearNull) {
    snprintf(message, sizeof(message),
             "panic: runtime error: invalid memory address or nil pointer "
             "dereference");
    report->all = false;
  } else {
    snprintf(message, sizeof(message),
             "unexpected fault address 0x%lx\nfatal error: fault", address);
  }
  snprintf(report->headline, sizeof(report->headline),
           "%s\n[signal %s code=0x%llx addr=0x%lx pc=0x%lx]", message, text,
           code, address, pc);
}

}  // namespace rt::internal
