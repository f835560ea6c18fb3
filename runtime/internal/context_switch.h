// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Saving one stack's registers and going on with another's.
//
// Saved are the registers that the platform's calling convention says a callee
// keeps; everything else the compiler has saved already, since for it this is
// an ordinary call. The floating-point environment (x86: MXCSR and the x87
// control word; aarch64: FPCR) stays as it is: it belongs to the kernel thread.
//
// The calling conventions: System V ABI, AMD64 supplement; Procedure Call
// Standard for the Arm 64-bit Architecture (AAPCS64). That a few instructions
// in assembly replace ucontext's system call for each switch is known from
// Boost.Context (fcontext) and Go's gogo and mcall (runtime/asm_amd64.s).
//
// Threads: a Context is used by one thread at a time; its owner sees to it.

#ifndef RUNTIME_INTERNAL_CONTEXT_SWITCH_H_
#define RUNTIME_INTERNAL_CONTEXT_SWITCH_H_

#include <cstddef>

namespace rt::internal {

// A suspended stack: everything else lies on it, below `sp`.
struct Context {
  void* sp = nullptr;
};

extern "C" {
// Saves the caller into *from and resumes `to`. Returns when somebody switches
// to *from. `from` and `to` may live on either stack. `same_call` is a hint for
// the processor, which predicts that a return goes back to the last call: `to`
// was suspended by this very call, on its own stack. A wrong hint costs some
// nanoseconds at this and each following return.
void RtSwitchContext(Context* from, const Context* to, bool same_call);

// The first frame of a new stack: calls entry(arg) and resumes what that
// returns.
void RtContextStart();
}

// A context that will call entry(arg) on the `size` bytes of stack above
// `stack_lo` when first switched to, and resume the context that entry returns,
// which may be on the old stack.
Context MakeContext(void* stack_lo, size_t size, const Context* (*entry)(void*),
                    void* arg);

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_CONTEXT_SWITCH_H_
