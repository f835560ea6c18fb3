// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What signal handlers have in common.

#ifndef RUNTIME_INTERNAL_SIGNALS_H_
#define RUNTIME_INTERNAL_SIGNALS_H_

#include <signal.h>
#include <ucontext.h>

#include <cstdint>

namespace rt::internal {

// Where a thread was when the signal came.
struct Interrupted {
  uintptr_t pc;
  uintptr_t sp;
};

// `context` is the handler's third argument.
inline Interrupted Where(const void* context) {
  const auto& registers = static_cast<const ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
  return {static_cast<uintptr_t>(registers.gregs[REG_RIP]),
          static_cast<uintptr_t>(registers.gregs[REG_RSP])};
#elif defined(__aarch64__)
  return {registers.pc, registers.sp};
#endif
}

// Hands on a signal that is not ours to the handler that was there before, if
// there was one.
inline void CallPrevious(const struct sigaction& previous, int signal,
                         siginfo_t* info, void* context) {
  if (previous.sa_flags & SA_SIGINFO) {
    previous.sa_sigaction(signal, info, context);
  } else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
    previous.sa_handler(signal);
  }
}

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_SIGNALS_H_
