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

// On no object at all: it only gives others a chance to run.
bool IsLocal(OpKind kind) { return kind == OpKind::kGosched; }

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

bool MayBeCoEnabled(OpKind earlier, OpKind later) {
  switch (later) {
    case OpKind::kMutexLock:
      // A wait at a std::condition_variable gives the mutex back.
      return earlier != OpKind::kMutexUnlock && earlier != OpKind::kCondWait;
    case OpKind::kRWMutexLock:
    case OpKind::kRWMutexRLock:
      return earlier != OpKind::kRWMutexUnlock &&
             earlier != OpKind::kRWMutexDrain;
    case OpKind::kRWMutexDrain:
      return earlier != OpKind::kRWMutexRUnlock &&
             earlier != OpKind::kRWMutexUnlock &&
             earlier != OpKind::kRWMutexRLock &&
             earlier != OpKind::kRWMutexLock;
    case OpKind::kSharedMutexLock:
      return earlier != OpKind::kRWMutexUnlock &&
             earlier != OpKind::kRWMutexRUnlock;
    case OpKind::kOnceDo:
      return earlier != OpKind::kOnceDone;
    case OpKind::kThreadJoin:
      return earlier != OpKind::kThreadEnd;
    case OpKind::kWaitGroupWait:
      return earlier != OpKind::kWaitGroupDone &&
             earlier != OpKind::kWaitGroupSubtract;
    default:
      return true;
  }
}

bool SurelyCoEnabled(OpKind earlier, const Operation& later) {
  switch (later.kind) {
    case OpKind::kMutexLock:  // std::lock takes several at once.
      return earlier == OpKind::kMutexLock && later.others.empty();
    case OpKind::kOnceDo:
      return earlier == OpKind::kOnceDo;
    case OpKind::kRWMutexLock:
    case OpKind::kRWMutexRLock:
      return earlier == OpKind::kRWMutexLock ||
             earlier == OpKind::kRWMutexRLock ||
             earlier == OpKind::kSharedMutexLock;
    case OpKind::kSharedMutexLock:
      return earlier == OpKind::kSharedMutexLock;
    case OpKind::kRWMutexDrain:
    case OpKind::kThreadJoin:
    case OpKind::kWaitGroupWait:
      return false;
    default:
      return true;
  }
}

bool AlwaysReversible(const Operation& op) {
  switch (op.kind) {
    case OpKind::kMutexLock:
      return op.others.empty();
    case OpKind::kRWMutexDrain:
    case OpKind::kSharedMutexLock:
    case OpKind::kWaitGroupWait:
      return false;
    default:
      return true;
  }
}

bool TakesLock(OpKind kind) {
  return kind == OpKind::kMutexLock || kind == OpKind::kMutexTryLock ||
         kind == OpKind::kSharedMutexLock || kind == OpKind::kRWMutexLock ||
         kind == OpKind::kRWMutexDrain || kind == OpKind::kRWMutexTryLock ||
         kind == OpKind::kRWMutexRLock || kind == OpKind::kRWMutexTryRLock;
}

bool IsOfReaderWriterLock(OpKind kind) {
  switch (kind) {
    case OpKind::kSharedMutexLock:
    case OpKind::kRWMutexLock:
    case OpKind::kRWMutexDrain:
    case OpKind::kRWMutexRLock:
    case OpKind::kRWMutexTryLock:
    case OpKind::kRWMutexTryRLock:
    case OpKind::kRWMutexUnlock:
    case OpKind::kRWMutexRUnlock:
      return true;
    default:
      return false;
  }
}

bool GivesLock(OpKind kind) {
  return kind == OpKind::kMutexUnlock || kind == OpKind::kRWMutexUnlock ||
         kind == OpKind::kRWMutexRUnlock || kind == OpKind::kCondWait;
}

bool MayOnlyLook(OpKind kind) {
  return kind == OpKind::kSelect || kind == OpKind::kContextErr;
}

bool IsAtomic(OpKind kind) {
  return kind == OpKind::kAtomicLoad || kind == OpKind::kAtomicOrderedLoad ||
         kind == OpKind::kAtomicStore || kind == OpKind::kAtomicRmw ||
         kind == OpKind::kAtomicFence;
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
    case OpKind::kAtomicOrderedLoad:
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
