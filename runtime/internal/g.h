// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// G: the part of a goroutine that the primitives and both hosts know.
//
// A host (the production scheduler, the explorer) derives its own type with the
// stack, the saved context and its queues; a primitive only ever holds a G*.
//
// Ownership: the host owns every G. A G* is valid from Spawn until its
// goroutine has returned; a primitive may keep one only while that goroutine
// is parked on it.

#ifndef RUNTIME_INTERNAL_G_H_
#define RUNTIME_INTERNAL_G_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace rt::internal {

// Why a goroutine waits, in the words that Go prints; but for a Once, for which
// Go gives the lock inside of it (D-079). WaitReasonText() gives the text.
enum class WaitReason : uint8_t {
  kNone,
  kChanReceive,
  kChanSend,
  kChanReceiveNil,
  kChanSendNil,
  kSelect,
  kSelectNoCases,
  kMutexLock,
  kRWMutexRLock,
  kRWMutexLock,
  kRWMutexDrain,  // No other writer is there: for the readers to leave.
  kOnceDo,
  kWaitGroupWait,
  kCondWait,
  kSleep,
  kIoWait,
};

// "chan receive", "sync.Mutex.Lock", ... A string literal; never null.
const char* WaitReasonText(WaitReason reason);

// What a host says, fatally, of a call that would wait or yield inside of
// rt::Blocking.
std::string InsideBlockingText(std::string_view call);

class LockOwner;

struct G {
  // Constant after Spawn.
  uint64_t id = 0;         // 1 is the main goroutine; never reused.
  uint64_t parent_id = 0;  // Who called Go; 0 for main.
  const void* created_by_pc = nullptr;  // Return address of that call.

  // Written by the goroutine itself before it parks, read in dumps.
  const void* wait_object = nullptr;  // The primitive; null if there is none.

  // Set around the wait for a lock whose holder is known (lock_owner.h).
  const LockOwner* wait_lock = nullptr;

  WaitReason wait_reason = WaitReason::kNone;  // As wait_object.

  bool exiting = false;  // Goexit unwinds its stack (goexit.h).
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_G_H_
