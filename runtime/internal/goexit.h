// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Ending a goroutine in the middle: its stack is unwound, so that destructors
// run, down to its first function.
//
// It is a forced unwinding, as that of a cancelled thread (pthread_exit), not a
// C++ exception: no handler of the program is meant for it, and the standard
// library passes it on where it stops exceptions. `catch (...)` does see it. If
// such a handler ends without `throw;`, the unwinding goes on from there: as in
// Go, nothing stops it. A noexcept function on the way is a fatal error.
//
// Both hosts' first functions end with
//
//   } catch (const abi::__forced_unwind&) {
//     if (!ArriveAtFoot(g)) throw;
//   }

#ifndef RUNTIME_INTERNAL_GOEXIT_H_
#define RUNTIME_INTERNAL_GOEXIT_H_

#include "runtime/internal/g.h"

namespace rt::internal {

// Unwinds the stack of `g`, the calling goroutine.
[[noreturn]] void UnwindGoroutine(G* g);

// The unwinding of g has reached its first function; false if it is somebody
// else's (pthread_exit, pthread_cancel).
bool ArriveAtFoot(G* g);

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_GOEXIT_H_
