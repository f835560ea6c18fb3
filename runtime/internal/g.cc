// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/g.h"

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/internal/lock_owner.h"

namespace rt::internal {

extern "C" {
constinit thread_local uint64_t rt_current_id = 0;
}

const char* WaitReasonText(WaitReason reason) {
  switch (reason) {
    case WaitReason::kNone:
      return "";
    case WaitReason::kChanReceive:
      return "chan receive";
    case WaitReason::kChanSend:
      return "chan send";
    case WaitReason::kChanReceiveNil:
      return "chan receive (nil chan)";
    case WaitReason::kChanSendNil:
      return "chan send (nil chan)";
    case WaitReason::kSelect:
      return "select";
    case WaitReason::kSelectNoCases:
      return "select (no cases)";
    case WaitReason::kMutexLock:
      return "sync.Mutex.Lock";
    case WaitReason::kRWMutexRLock:
      return "sync.RWMutex.RLock";
    case WaitReason::kRWMutexLock:
    case WaitReason::kRWMutexDrain:
      return "sync.RWMutex.Lock";
    case WaitReason::kOnceDo:
      return "sync.Once.Do";
    case WaitReason::kWaitGroupWait:
      return "sync.WaitGroup.Wait";
    case WaitReason::kCondWait:
      return "sync.Cond.Wait";
    case WaitReason::kSleep:
      return "sleep";
    case WaitReason::kIoWait:
      return "IO wait";
  }
  return "";
}

std::string InsideBlockingText(std::string_view call) {
  return std::string(call) +
         " inside rt::Blocking: what that calls may block its thread, but not "
         "wait or yield as a goroutine; do so before or after it";
}

}  // namespace rt::internal
