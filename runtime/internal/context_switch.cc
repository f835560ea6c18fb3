// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/context_switch.h"

#include <cstdint>

namespace rt::internal {

// The words that RtSwitchContext pops, lowest address first; the layouts are
// drawn in context_switch_<arch>.S.
Context MakeContext(void* stack_lo, size_t size, const Context* (*entry)(void*),
                    void* arg) {
  auto top = reinterpret_cast<uintptr_t>(stack_lo) + size;
  top &= ~uintptr_t{15};
  auto* words = reinterpret_cast<uintptr_t*>(top);
  auto start = reinterpret_cast<uintptr_t>(&RtContextStart);
  auto entry_word = reinterpret_cast<uintptr_t>(entry);
  auto arg_word = reinterpret_cast<uintptr_t>(arg);
#if defined(__x86_64__)
  *--words = 0;      // Keeps rsp a multiple of 16 where RtContextStart calls.
  *--words = 0;      // Return address of the first frame: ends unwinding.
  *--words = start;  // Where to.
  *--words = 0;      // rbp: ends frame-pointer chains.
  *--words = entry_word;                     // rbx
  *--words = arg_word;                       // r12
  for (int i = 0; i < 3; ++i) *--words = 0;  // r13, r14, r15
#elif defined(__aarch64__)
  words -= 20;
  for (int i = 0; i < 20; ++i) words[i] = 0;
  words[0] = entry_word;  // x19
  words[1] = arg_word;    // x20
  words[11] = start;      // x30
#else
#error "no context switch for this processor: x86-64 and aarch64 are supported"
#endif
  return Context{words};
}

}  // namespace rt::internal
