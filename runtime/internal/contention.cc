// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/contention.h"

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "runtime/internal/backtrace.h"
#include "runtime/internal/futex.h"
#include "runtime/internal/g.h"
#include "runtime/internal/host.h"
#include "runtime/internal/host_seeing.h"
#include "runtime/internal/stack_table.h"

namespace rt::internal {

constinit std::atomic<int64_t> block_profile_rate{0};
constinit std::atomic<int64_t> mutex_profile_fraction{0};
constinit StackTable block_profile;
constinit StackTable mutex_profile;

namespace {

void AddHere(StackTable* table, double count, double ns) {
  void* pcs[kMaxFrames];
  int size = Backtrace(pcs, kMaxFrames);
  table->Add(pcs, size, count, ns);
}

}  // namespace

int64_t BeginBlockSlow(WaitReason reason) {
  switch (reason) {
    case WaitReason::kChanReceive:
    case WaitReason::kChanSend:
    case WaitReason::kSelect:
    case WaitReason::kMutexLock:
    case WaitReason::kRWMutexRLock:
    case WaitReason::kRWMutexLock:
    case WaitReason::kRWMutexDrain:
    case WaitReason::kOnceDo:
    case WaitReason::kWaitGroupWait:
    case WaitReason::kCondWait:
      return MonotonicNs();
    case WaitReason::kNone:
    case WaitReason::kChanReceiveNil:
    case WaitReason::kChanSendNil:
    case WaitReason::kSelectNoCases:
    case WaitReason::kSleep:
    case WaitReason::kIoWait:
      break;  // For ever, or not for another goroutine.
  }
  return 0;
}

void EndBlock(int64_t begin_ns) {
  int64_t rate = block_profile_rate.load(std::memory_order_relaxed);
  if (rate == 0) return;
  int64_t ns = std::max<int64_t>(MonotonicNs() - begin_ns, 1);
  double share = 1;
  if (ns < rate) {
    // Sampled with probability ns / rate, so it stands for rate / ns such.
    if (host::RandomBelow(static_cast<uint64_t>(rate)) >=
        static_cast<uint64_t>(ns)) {
      return;
    }
    share = static_cast<double>(rate) / static_cast<double>(ns);
  }
  AddHere(&block_profile, share, share * static_cast<double>(ns));
}

namespace host {

int64_t ContentionNs() {
  return mutex_profile_fraction.load(std::memory_order_relaxed) == 0 ? 0
                                                                     : NowNs();
}

void NoteContention(int64_t since_ns) {
  if (since_ns == 0) return;
  int64_t fraction = mutex_profile_fraction.load(std::memory_order_relaxed);
  if (fraction == 0) return;
  if (RandomBelow(static_cast<uint64_t>(fraction)) != 0) return;
  auto share = static_cast<double>(fraction);
  AddHere(&mutex_profile, share,
          share * static_cast<double>(NowNs() - since_ns));
}

}  // namespace host
}  // namespace rt::internal
