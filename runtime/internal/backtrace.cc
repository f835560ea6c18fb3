// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/backtrace.h"

#include <unwind.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace rt::internal {
namespace {

struct Walk {
  void** pcs;
  int max;
  int size;
};

_Unwind_Reason_Code Step(_Unwind_Context* context, void* arg) {
  auto* walk = static_cast<Walk*>(arg);
  int before_instruction = 0;
  uintptr_t pc = _Unwind_GetIPInfo(context, &before_instruction);
  if (pc == 0 || walk->size == walk->max) return _URC_END_OF_STACK;
  // A signal interrupted the instruction at pc itself: make it look like a
  // return address, as everybody expects.
  if (before_instruction) ++pc;
  walk->pcs[walk->size++] = reinterpret_cast<void*>(pc);
  return _URC_NO_REASON;
}

}  // namespace

[[gnu::noinline]] int Backtrace(void** pcs, int max) {
  Walk walk{pcs, max, 0};
  _Unwind_Backtrace(Step, &walk);
  return walk.size;
}

int InterruptedBacktrace(uintptr_t pc, void** pcs, int max) {
  constexpr int kHandlerFrames = 10;
  void* all[kMaxFrames + kHandlerFrames];
  void** end = all + Backtrace(all, std::min(max, kMaxFrames) + kHandlerFrames);
  // Not there: ThreadSanitizer calls handlers later, from another place.
  void** first = std::find(all, end, reinterpret_cast<void*>(pc + 1));
  if (first == end) first = all;
  int size = static_cast<int>(std::min<ptrdiff_t>(end - first, max));
  std::copy(first, first + size, pcs);
  return size;
}

std::vector<void*> Backtrace() {
  void* pcs[kMaxFrames];
  int size = Backtrace(pcs, kMaxFrames);
  return std::vector<void*>(pcs, pcs + size);
}

}  // namespace rt::internal
