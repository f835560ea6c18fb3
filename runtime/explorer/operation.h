// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Operation: what a goroutine will do when it is chosen next.
//
// Two operations are dependent if their order can be observed; swapping two
// neighbouring independent ones changes nothing. The reduction of the
// exhaustive search (exhaustive.h) rests on the two functions here, and on:
//
//   O1  an operation that changes whether another is enabled is dependent with
//       it;
//   O2  a happens-before edge that a primitive announces (host::Acquire and
//       Release) runs between dependent operations only. So equivalent
//       interleavings have the same data races.
//
//   O3  what an operation may choose from (Strategy::PickValue) depends on
//       operations that it is dependent with only.
//
// Plain memory accesses are no operations: until a data race is reported, and
// with it the search ends, they behave the same in equivalent interleavings.

#ifndef RUNTIME_EXPLORER_OPERATION_H_
#define RUNTIME_EXPLORER_OPERATION_H_

#include <algorithm>
#include <cstdint>
#include <span>

#include "runtime/internal/host.h"

namespace rt::explorer {

using OpKind = internal::host::OpKind;

// An operation may touch several objects: a select all its channels, and what
// completes a select that waits, all the channels that the select waits at.
struct Operation {
  OpKind kind = OpKind::kGosched;
  const void* object = nullptr;
  std::span<const void* const> others = {};  // Besides `object`.
};

// Calls f(object) for each object of `op`.
template <typename F>
void ForEachObject(const Operation& op, F f) {
  f(op.object);
  for (const void* object : op.others) f(object);
}

// Whether `op` touches `object`.
inline bool Touches(const Operation& op, const void* object) {
  return op.object == object || std::find(op.others.begin(), op.others.end(),
                                          object) != op.others.end();
}

// Whether the order of `a` and `b`, of two goroutines, can matter.
bool Dependent(const Operation& a, const Operation& b);

// The same for two operations that are known to touch the same object.
bool DependentOnOneObject(OpKind a, OpKind b);

// Whether `kind` is dependent with every operation on the same object.
bool OrdersAll(OpKind kind);

// Whether `later` can have been possible before `earlier` was done, when
// nothing else orders them. A Lock is not before the Unlock that lets it
// through; an Unlock is before the Lock of another goroutine, where it is
// fatal.
bool MayBeCoEnabled(OpKind earlier, OpKind later);

// Given that: whether `later` surely was, as a Lock is where another Lock was.
// Before a TryLock it may have been held up by what was still earlier.
bool SurelyCoEnabled(OpKind earlier, const Operation& later);

// Whether what holds `op` up is one operation. A Wait may be held up by
// several.
bool AlwaysReversible(const Operation& op);

// Whether `kind`, once it has happened, has taken or given back a lock.
bool TakesLock(OpKind kind);
bool GivesLock(OpKind kind);

// Whether `kind` is of a lock that several may have for reading.
bool IsOfReaderWriterLock(OpKind kind);

// Whether `kind` tells by host::OnlyLooked that it has changed nothing.
bool MayOnlyLook(OpKind kind);

// Whether `kind` is an access of std::atomic.
bool IsAtomic(OpKind kind);

// "Lock", "Send", "load": for reports without the source text.
const char* OperationText(OpKind kind);

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_OPERATION_H_
