// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/fault_stack.h"

#include <signal.h>
#include <ucontext.h>
#include <unwind.h>

#include <algorithm>
#include <cstdint>

#include "runtime/internal/backtrace.h"
#include "runtime/internal/signals.h"

namespace rt::internal {
namespace {

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

}  // namespace

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

int BothEndsOfStack(uintptr_t pc, void** pcs) {
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

}  // namespace rt::internal
