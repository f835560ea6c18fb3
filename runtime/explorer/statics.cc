// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The initialisation of function statics in the code under test.
//
// The compiler calls these functions around it (Itanium C++ ABI, 3.3.3). The
// C++ library's would block the one kernel thread where a goroutine has to wait
// for another, and would not tell the race detector that whoever finds the
// static initialised comes after its initialisation.
//
// The first byte of the guard says that the initialisation is complete; the
// second one is ours: somebody is at it.

#include <cxxabi.h>
#include <dlfcn.h>

#include <utility>

#include "runtime/explorer/engine.h"
#include "runtime/internal/host.h"

namespace {

using rt::explorer::Mode;
using rt::internal::host::Op;
using rt::internal::host::OpKind;

bool InCodeUnderTest() { return rt::explorer::mode == Mode::kUser; }

char* Complete(abi::__guard* guard) { return reinterpret_cast<char*>(guard); }
char* InProgress(abi::__guard* guard) { return Complete(guard) + 1; }

}  // namespace

// Where cxxabi.h declares them: the compiler may have declarations of its own
// outside, with other types.
namespace __cxxabiv1 {
extern "C" {

// 1 if the caller has to initialise, 0 if it is done.
int __cxa_guard_acquire(abi::__guard* guard) {
  auto acquire = [guard] {
    if (*Complete(guard)) return 0;
    *InProgress(guard) = 1;
    return 1;
  };
  if (!InCodeUnderTest()) return acquire();
  // In a program who waits here blocks its thread, which is what Blocking is
  // for.
  rt::explorer::Goroutine& g = *rt::explorer::Engine::Active()->current();
  int blocking = std::exchange(g.blocking, 0);
  Op op(OpKind::kOnceDo, guard, [guard] { return !*InProgress(guard); });
  g.blocking = blocking;
  rt::internal::host::Acquire(guard);
  return acquire();
}

void __cxa_guard_release(abi::__guard* guard) noexcept {
  auto release = [guard] {
    *InProgress(guard) = 0;
    *Complete(guard) = 1;
  };
  if (!InCodeUnderTest()) return release();
  Op op(OpKind::kOnceDone, guard);
  rt::internal::host::Release(guard);
  release();
}

// The initialisation threw.
void __cxa_guard_abort(abi::__guard* guard) noexcept {
  if (!InCodeUnderTest()) {
    *InProgress(guard) = 0;
    return;
  }
  Op op(OpKind::kOnceDone, guard);
  *InProgress(guard) = 0;
}

}  // extern "C"
}  // namespace __cxxabiv1

extern "C" {

// A static that is initialised in an execution is forgotten after it, so nobody
// may destroy it at the program's end.
int __cxa_atexit(void (*destroy)(void*), void* object, void* library) {
  if (rt::explorer::mode != Mode::kEngine) return 0;
  static auto* real = reinterpret_cast<int (*)(void (*)(void*), void*, void*)>(
      dlsym(RTLD_NEXT, "__cxa_atexit"));
  return real(destroy, object, library);
}

}  // extern "C"
