// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Which atomic accesses are the standard library's counting of references.
//
// libstdc++ counts the owners of a std::shared_ptr with __exchange_and_add and
// __atomic_add (ext/atomicity.h), inlined into the code under test. Every copy
// of such a pointer would be an operation whose order is explored, and each
// would order its goroutine after all earlier ones, though only the last owner
// learns anything from the count. So these accesses are no operations, and only
// the one that brings the count to 0 is after the others.
//
// Not explored for that reason: which of several owners is the last one, where
// the destructor of the object does something that others can observe.

#ifndef RUNTIME_EXPLORER_REFERENCE_COUNT_H_
#define RUNTIME_EXPLORER_REFERENCE_COUNT_H_

namespace rt::explorer {

// Whether the call that returns to `pc` lies in one of those functions. Slow
// the first time for each `pc`; quick later.
bool IsReferenceCount(const void* pc);

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_REFERENCE_COUNT_H_
