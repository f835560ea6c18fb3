// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/goexit.h"

#include <cxxabi.h>
#include <unwind.h>

#include <utility>

#include "runtime/internal/check.h"
#include "runtime/internal/g.h"
#include "runtime/internal/handled.h"
#include "runtime/internal/sanitizer.h"
#include "runtime/panic.h"

namespace rt::internal {
namespace {

// Not on the goroutine's stack: the unwinding leaves every frame.
struct Unwinding {
  _Unwind_Exception header = {};  // First: the library knows only of this.
  G* g = nullptr;
  void* handled = nullptr;  // The exceptions whose handlers are left.
};

// What it destroys may block.
void EndHandlers(void* handled) {
  void* others = std::exchange(Handled(), handled);
  while (Handled() != nullptr) abi::__cxa_end_catch();
  Handled() = others;
}

[[noreturn]] void Unwind(G* g, void* handled);

_Unwind_Reason_Code GoOn(int, _Unwind_Action actions, _Unwind_Exception_Class,
                         _Unwind_Exception*, _Unwind_Context*, void*) {
  RT_CHECK(!(actions & _UA_END_OF_STACK), "a goroutine's stack has a foot");
  return _URC_NO_REASON;
}

// A handler has caught the unwinding and has ended: at the foot, or somewhere
// above it in a catch (...) that did not rethrow.
void AfterHandler(_Unwind_Reason_Code, _Unwind_Exception* exception) {
  auto* unwinding = reinterpret_cast<Unwinding*>(exception);
  G* g = unwinding->g;
  void* handled = unwinding->handled;
  delete unwinding;
  if (g->exiting) Unwind(g, handled);
  EndHandlers(handled);
}

void Unwind(G* g, void* handled) {
  auto* unwinding = new Unwinding;
  unwinding->g = g;
  unwinding->handled = handled;
  unwinding->header.exception_cleanup = AfterHandler;
  BeforeUnwinding();
  _Unwind_ForcedUnwind(&unwinding->header, GoOn, nullptr);
  RT_CHECK(false, "a goroutine's stack can be unwound");
  __builtin_unreachable();
}

}  // namespace

void UnwindGoroutine(G* g) {
  g->exiting = true;
  DisownPanics();
  // Set aside: the C++ runtime takes a foreign unwinding that meets a handler
  // inside a handler for an error. Their frames, when they are left, find no
  // exception to end.
  Unwind(g, std::exchange(Handled(), nullptr));
}

bool ArriveAtFoot(G* g) { return std::exchange(g->exiting, false); }

}  // namespace rt::internal
