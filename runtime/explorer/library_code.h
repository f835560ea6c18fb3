// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What the standard library does for itself in headers, and so in the code
// under test, where others need not come between.
//
// References. libstdc++ counts the owners of a std::shared_ptr with
// __exchange_and_add and __atomic_add (ext/atomicity.h). Every copy of such a
// pointer would be an operation whose order is explored, and each would order
// its goroutine after all earlier ones, though only the last owner learns
// anything from the count. So these accesses are no operations, and only the
// one that brings the count to 0 is after the others. Not explored for that
// reason: which of several owners is the last one, where the destructor of the
// object does something that others can observe.
//
// Waiting. Who waits at a std::atomic, latch, barrier or semaphore looks again
// some times before it sleeps (__atomic_spin in bits/atomic_wait.h): each look
// after the first is as good as the first. And it counts itself in a table of
// the library, so that who notifies need not ask the kernel if nobody waits:
// those accesses are no operations, and it always asks.

#ifndef RUNTIME_EXPLORER_LIBRARY_CODE_H_
#define RUNTIME_EXPLORER_LIBRARY_CODE_H_

#include <cstdint>

namespace rt::explorer {

enum class LibraryCode : uint8_t { kOther, kReferenceCount, kWaiterCount };

// What the call that returns to `pc` belongs to. Slow the first time for each
// `pc`; quick later.
LibraryCode LibraryCodeAt(const void* pc);

// Whether the caller was called from the loop of looks before a wait.
bool InLibrarySpin();

// Whether it was called from a std::counting_semaphore.
bool InSemaphore();

// Whether it was called from std::lock.
bool InStdLock();

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_LIBRARY_CODE_H_
