// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/explorer/operation.h"

#include <algorithm>

namespace rt::explorer {
namespace {

// Within a class, operations on one object commute: neither reads what the
// other writes, or both only add.
enum class Commutes : uint8_t {
  kWithNothing,
  kLooks,  // Reads the object's state, changes nothing.
  kReadLocks,
  kReadUnlocks,
  kRaises,
  kLowers,
  kWaits,
  kRemoves,
};

Commutes ClassOf(OpKind kind) {
  switch (kind) {
    case OpKind::kAtomicLoad:
    case OpKind::kAtomicWait:
    case OpKind::kChanLen:
    case OpKind::kContextErr:
    case OpKind::kMapLoad:
    case OpKind::kValueLoad:
      return Commutes::kLooks;
    case OpKind::kRWMutexRLock:
      return Commutes::kReadLocks;
    case OpKind::kRWMutexRUnlock:
      return Commutes::kReadUnlocks;
    case OpKind::kWaitGroupAdd:
      return Commutes::kRaises;
    case OpKind::kWaitGroupDone:
      return Commutes::kLowers;
    case OpKind::kWaitGroupWait:
      return Commutes::kWaits;
    case OpKind::kContextRemove:
      return Commutes::kRemoves;
    default:
      return Commutes::kWithNothing;
  }
}

// Operations on no object at all: they only give others a chance to run.
bool IsLocal(OpKind kind) {
  return kind == OpKind::kGosched || kind == OpKind::kAtomicFence;
}

bool Either(OpKind a, OpKind b, OpKind x, OpKind y) {
  return (a == x && b == y) || (a == y && b == x);
}

}  // namespace

bool Dependent(const Operation& a, const Operation& b) {
  if (!Touches(a, b.object) &&
      std::none_of(b.others.begin(), b.others.end(),
                   [&](const void* object) { return Touches(a, object); })) {
    return false;
  }
  return DependentOnOneObject(a.kind, b.kind);
}

bool DependentOnOneObject(OpKind a, OpKind b) {
  if (IsLocal(a) || IsLocal(b)) return false;
  Commutes c = ClassOf(a);
  return c == Commutes::kWithNothing || c != ClassOf(b);
}

bool OrdersAll(OpKind kind) {
  return !IsLocal(kind) && ClassOf(kind) == Commutes::kWithNothing;
}

bool MayBeCoEnabled(OpKind a, OpKind b) {
  return !Either(a, b, OpKind::kMutexLock, OpKind::kMutexUnlock) &&
         // A wait at a std::condition_variable gives the mutex back.
         !Either(a, b, OpKind::kMutexLock, OpKind::kCondWait) &&
         !Either(a, b, OpKind::kSharedMutexLock, OpKind::kRWMutexUnlock) &&
         !Either(a, b, OpKind::kSharedMutexLock, OpKind::kRWMutexRUnlock) &&
         !Either(a, b, OpKind::kThreadEnd, OpKind::kThreadJoin) &&
         !Either(a, b, OpKind::kRWMutexLock, OpKind::kRWMutexUnlock) &&
         !Either(a, b, OpKind::kRWMutexRLock, OpKind::kRWMutexUnlock) &&
         !Either(a, b, OpKind::kRWMutexDrain, OpKind::kRWMutexRUnlock) &&
         !Either(a, b, OpKind::kRWMutexDrain, OpKind::kRWMutexUnlock) &&
         !Either(a, b, OpKind::kRWMutexDrain, OpKind::kRWMutexRLock) &&
         !Either(a, b, OpKind::kRWMutexDrain, OpKind::kRWMutexLock) &&
         !Either(a, b, OpKind::kOnceDo, OpKind::kOnceDone) &&
         !Either(a, b, OpKind::kWaitGroupDone, OpKind::kWaitGroupWait) &&
         !Either(a, b, OpKind::kWaitGroupSubtract, OpKind::kWaitGroupWait);
}

bool AlwaysReversible(OpKind later) {
  return later != OpKind::kWaitGroupWait && later != OpKind::kRWMutexDrain &&
         later != OpKind::kSharedMutexLock;
}

bool TakesLock(OpKind kind) {
  return kind == OpKind::kMutexLock || kind == OpKind::kMutexTryLock ||
         kind == OpKind::kSharedMutexLock || kind == OpKind::kRWMutexLock ||
         kind == OpKind::kRWMutexDrain || kind == OpKind::kRWMutexTryLock ||
         kind == OpKind::kRWMutexRLock || kind == OpKind::kRWMutexTryRLock;
}

bool GivesLock(OpKind kind) {
  return kind == OpKind::kMutexUnlock || kind == OpKind::kRWMutexUnlock ||
         kind == OpKind::kRWMutexRUnlock || kind == OpKind::kCondWait;
}

bool MayOnlyLook(OpKind kind) {
  return kind == OpKind::kSelect || kind == OpKind::kContextErr;
}

bool IsAtomic(OpKind kind) {
  return kind == OpKind::kAtomicLoad || kind == OpKind::kAtomicStore ||
         kind == OpKind::kAtomicRmw || kind == OpKind::kAtomicFence;
}

const char* OperationText(OpKind kind) {
  switch (kind) {
    case OpKind::kGosched:
      return "Gosched";
    case OpKind::kChanSend:
      return "Send";
    case OpKind::kChanRecv:
      return "Recv";
    case OpKind::kChanClose:
      return "Close";
    case OpKind::kChanLen:
      return "Len";
    case OpKind::kSelect:
      return "Select";
    case OpKind::kMutexLock:
    case OpKind::kRWMutexLock:
      return "Lock";
    case OpKind::kMutexTryLock:
    case OpKind::kRWMutexTryLock:
      return "TryLock";
    case OpKind::kSharedMutexLock:
      return "lock";
    case OpKind::kThreadEnd:
      return "ends";
    case OpKind::kThreadJoin:
      return "join";
    case OpKind::kAtomicWait:
      return "wait";
    case OpKind::kAtomicNotify:
      return "notify";
    case OpKind::kRWMutexDrain:
      return "Lock, all readers gone";
    case OpKind::kMutexUnlock:
    case OpKind::kRWMutexUnlock:
      return "Unlock";
    case OpKind::kRWMutexRLock:
      return "RLock";
    case OpKind::kRWMutexTryRLock:
      return "TryRLock";
    case OpKind::kRWMutexRUnlock:
      return "RUnlock";
    case OpKind::kWaitGroupAdd:
    case OpKind::kWaitGroupSubtract:
      return "Add";
    case OpKind::kWaitGroupDone:
      return "Done";
    case OpKind::kWaitGroupWait:
    case OpKind::kCondWait:
      return "Wait";
    case OpKind::kCondSignal:
      return "Signal";
    case OpKind::kCondBroadcast:
      return "Broadcast";
    case OpKind::kOnceDo:
      return "Do";
    case OpKind::kTimerReset:
      return "Reset";
    case OpKind::kTimerStop:
      return "Stop";
    case OpKind::kTimerFire:
      return "fires";
    case OpKind::kContextAdd:
      return "registers";
    case OpKind::kContextRemove:
      return "leaves its parent";
    case OpKind::kContextStop:
      return "stop";
    case OpKind::kContextCancel:
      return "cancel";
    case OpKind::kContextErr:
      return "Err";
    case OpKind::kOnceDone:
      return "done";
    case OpKind::kMapLoad:
    case OpKind::kValueLoad:
      return "Load";
    case OpKind::kMapStore:
    case OpKind::kValueStore:
      return "Store";
    case OpKind::kPoolGet:
      return "Get";
    case OpKind::kPoolPut:
      return "Put";
    case OpKind::kAtomicLoad:
      return "atomic load";
    case OpKind::kAtomicStore:
      return "atomic store";
    case OpKind::kAtomicRmw:
      return "atomic update";
    case OpKind::kAtomicFence:
      return "fence";
  }
  return "?";
}

}  // namespace rt::explorer
