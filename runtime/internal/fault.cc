// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/fault.h"

#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "runtime/internal/death.h"
#include "runtime/internal/fault_report.h"
#include "runtime/internal/fault_stack.h"
#include "runtime/internal/fault_watch.h"
#include "runtime/internal/no_preempt.h"
#include "runtime/internal/sched.h"
#include "runtime/internal/signals.h"

namespace rt::internal {
namespace {

// The unwinder, and the handlers of sanitizers, need more than the usual 8 KiB.
// Touched only when it is used.
constexpr size_t kSignalStackBytes = size_t{256} << 10;

constexpr int kSignals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
struct sigaction previous[NSIG];

// The first fault's: from its handler to who reports.
constinit FaultReport the_fault;
std::atomic<bool> fault_taken{false};
std::atomic<bool> fault_ready{false};

[[noreturn]] void Stay() {
  for (;;) pause();
}

// Large frames touch each of their pages (-fstack-clash-protection), so the
// guard is hit. Code that is compiled otherwise may step over it.
bool Overflows(const Goroutine& g, const Interrupted& at,
               const siginfo_t& info) {
  constexpr uintptr_t kLargestFrame = uintptr_t{64} << 20;
  auto low = reinterpret_cast<uintptr_t>(g.stack.low());
  return g.stack.GuardHolds(info.si_addr) ||
         (at.sp < low && low - at.sp <= kLargestFrame);
}

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
    if (fault_ready.load(std::memory_order_acquire)) Stay();
  }
  // A fault that somebody sends is none.
  bool sent = info->si_code <= 0 && signal != SIGABRT;
  if (g == nullptr || (!overflow && (sent || !IsDefault(previous[signal])))) {
    HandOn(signal, info, context);
    return;
  }
  AddNoPreempt(1);
  if (fault_taken.exchange(true)) Stay();
  FaultReport& fault = the_fault;
  fault.goroutine = g;
  if (overflow) {
    DescribeOverflow(&fault);
  } else {
    DescribeFault(signal, *info, *registers, m->id, &fault);
    if (signal == SIGSEGV || signal == SIGBUS) LeaveNowhere(*info, registers);
  }
  fault.size = BothEndsOfStack(Where(registers).pc, fault.pcs);
  fault_ready.store(true, std::memory_order_release);
  m->scheduler->sysmon.Quit();
  WatchReport(fault);
}

}  // namespace

void DieIfFaulted() {
  if (!fault_ready.load(std::memory_order_acquire)) return;
  // Should this thread fault in turn, the handler is to know.
  sigset_t faults;
  sigemptyset(&faults);
  for (int signal : kSignals) sigaddset(&faults, signal);
  pthread_sigmask(SIG_UNBLOCK, &faults, nullptr);
  // From here on it may get stuck.
  report_progress.writer.store(gettid(), std::memory_order_release);
  const FaultReport& fault = the_fault;
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
