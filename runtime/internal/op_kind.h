// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What the primitives do, as host::Op tells it to the explorer.

#ifndef RUNTIME_INTERNAL_OP_KIND_H_
#define RUNTIME_INTERNAL_OP_KIND_H_

#include <cstddef>
#include <cstdint>

namespace rt::internal::host {

// What a primitive is about to do. The explorer derives from it which
// operations can be reordered without a visible difference, what a goroutine
// waits for, and the words in a report.
enum class OpKind : uint8_t {
  kGosched,
  kChanSend,
  kChanRecv,
  kChanClose,
  kChanLen,
  kSelect,
  kMutexLock,
  kMutexTryLock,
  kMutexUnlock,
  kRWMutexRLock,
  kRWMutexTryRLock,
  kRWMutexRUnlock,
  kRWMutexLock,   // Keeps new readers out; has the lock if there are none.
  kRWMutexDrain,  // Has the lock: the readers that were there have left.
  kRWMutexTryLock,
  kRWMutexUnlock,
  kSharedMutexLock,    // Has the lock: nobody has it. Keeps nobody out before.
  kWaitGroupAdd,       // Raises the counter.
  kWaitGroupDone,      // Lowers it by 1.
  kWaitGroupSubtract,  // Lowers it by more.
  kWaitGroupWait,
  kCondWait,
  kCondSignal,
  kCondBroadcast,
  kThreadEnd,
  kThreadJoin,
  kAtomicWait,    // std::atomic's: asleep, if the value is still the old one.
  kAtomicNotify,  // On who waits, and not on the value.
  kTimerReset,
  kTimerStop,
  kTimerFire,      // The host itself makes a timer's call.
  kContextAdd,     // A child or a function is registered.
  kContextRemove,  // A child is no longer.
  kContextStop,    // A function is no longer, or has been called.
  kContextCancel,
  kContextErr,
  kOnceDo,    // Finds it done, or begins.
  kOnceDone,  // It is done.
  kMapLoad,   // Also Range, for each key.
  kMapStore,  // All that may change a Map.
  kValueLoad,
  kValueStore,
  kPoolGet,
  kPoolPut,
  kAtomicLoad,
  kAtomicOrderedLoad,  // seq_cst, where loads may return old stores.
  kAtomicStore,
  kAtomicRmw,
  kAtomicFence,  // seq_cst, likewise.
};

// The objects of an operation on several at once: `count` pointers, of which
// null ones do not count, each `stride` bytes after the one before.
struct ObjectList {
  const void* first;
  size_t count;
  size_t stride;
};

// What a call waits for that is made of several primitives, in the words of who
// makes it. A report says "goroutine 2 waits for <what>", and gives the hint.
struct Purpose {
  const char* what;
  const char* hint;
};

}  // namespace rt::internal::host

#endif  // RUNTIME_INTERNAL_OP_KIND_H_
