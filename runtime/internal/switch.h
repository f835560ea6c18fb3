// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The ways off a goroutine's stack (D-050). One switch instead of two, and no
// search, when the next goroutine is in the P's own queue and nobody else has a
// say: what the M would have done with the goroutine that leaves, the next one
// does when it arrives. Else to the M's stack, on which the scheduler runs.
//
// Before a switch, m runs g and m->after says what is to be done with g. The
// caller has pinned itself (no_preempt.h); who runs next is not pinned any more
// when these functions return.
//
// Threads: the M's own, on g's stack.

#ifndef RUNTIME_INTERNAL_SWITCH_H_
#define RUNTIME_INTERNAL_SWITCH_H_

#include "runtime/internal/context_switch.h"
#include "runtime/internal/goroutine.h"
#include "runtime/internal/m.h"

namespace rt::internal {

// To the M's stack, or, with `choose` and if nobody else has a say in who is
// next, to the next goroutine of the P's own queue. Returns when g runs again.
void SwitchAway(M* m, Goroutine* g, bool choose = true);
inline void SwitchToM(M* m, Goroutine* g) { SwitchAway(m, g, false); }

// g runs, for the first time.
void Arrive(Goroutine* g);

// g has returned: which goroutine is to run on its stack next, or else, if that
// is null, which context to resume.
struct Departure {
  Goroutine* here;
  const Context* to;
};
Departure LeaveForGood(Goroutine* g);

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_SWITCH_H_
