// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What the code under test does to memory, and where its goroutines' stacks
// are.

#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <utility>

#include "runtime/explorer/arena.h"
#include "runtime/explorer/engine.h"
#include "runtime/internal/backtrace.h"

namespace rt::explorer {
namespace {

constexpr size_t kStacksSideBySide = 4'096;
// Below the arena, so that addresses are the same every time.
constexpr uintptr_t kStacksWhere = uintptr_t{15} << 34;
// Freed memory kept from being used again.
constexpr size_t kQuarantineBytes = 256 << 20;
// Of a larger block only the front is remembered as freed.
constexpr size_t kFreedBytes = 1 << 20;
// Plain accesses without an operation after which it is an endless loop.
constexpr uint64_t kHangAccesses = 20 * Engine::kStepAccesses;

// std::call_once leaves its function in two variables of the kernel thread, of
// which each thread of the code under test has its own (posix_once.cc).
bool IsThreadsOwn(const void* address) {
  return address == &std::__once_callable || address == &std::__once_call;
}

[[noreturn]] void NoMemory() {
  fprintf(stderr, "explorer: no memory for another goroutine's stack\n");
  abort();
}

}  // namespace

void Engine::ReserveStacks() {
  void* stacks = ReserveAt(kStacksWhere, kStacksSideBySide * kStackStride);
  if (stacks == nullptr) return;
  stacks_lo_ = reinterpret_cast<uintptr_t>(stacks);
  stacks_bytes_ = kStacksSideBySide * kStackStride;
  shared_.Cover(stacks_bytes_);
}

void* Engine::StackOf(size_t index) {
  while (stacks_.size() <= index) {
    size_t offset = stacks_.size() * kStackStride;
    char* memory = offset < stacks_bytes_
                       ? reinterpret_cast<char*>(stacks_lo_ + offset)
                       : static_cast<char*>(ReserveAt(0, kStackStride));
    if (memory == nullptr) NoMemory();
    // What lies below is the guard.
    void* stack = memory + kStackStride - kStackBytes;
    if (mprotect(stack, kStackBytes, PROT_READ | PROT_WRITE) != 0) NoMemory();
    stacks_.push_back(stack);
  }
  return stacks_[index];
}

bool Engine::InStackGuard(const void* address) const {
  auto stack = reinterpret_cast<uintptr_t>(stacks_[current_->index]);
  auto at = reinterpret_cast<uintptr_t>(address);
  return at < stack && stack - at <= kStackStride - kStackBytes;
}

void Engine::Access(const explorer::Access& access) {
  EngineScope scope;
  Goroutine& g = *current_;
  Race race;
  bool found = races_.OnAccess(g.index, access, &race);
  if (Recording* recording = options_.recording) {
    uint64_t number = races_.accesses();
    for (auto [wanted, side] :
         {std::pair{options_.earlier_access, &recording->earlier},
          std::pair{options_.later_access, &recording->later}}) {
      if (number != wanted) continue;
      side->stack = internal::Backtrace();
      side->held = g.held;
      g.op_stack = side->stack;
      RecordStep(Recording::Kind::kAccess, 0);
      recording->steps.back().is_write = access.is_write;
      recording->steps.back().is_free = access.is_free;
    }
  }
  if (found && IsThreadsOwn(race.address)) {
    races_.Forget(race.address, sizeof(void*));
  } else if (found) {
    bool gone = race.earlier.is_free || race.later.is_free ||
                race.earlier.is_destroy || race.later.is_destroy;
    Fail(gone ? Verdict::kMemory : Verdict::kRace, "");
    failure_.race = race;
    Abandon();
  }
  if (InForeignStack(access.address)) CheckForeignStack(access);
  if (++step_accesses_ >= preempt_at_) GiveTurn();
}

void Engine::GiveTurn() {
  if (current_->op_depth > 0) return;
  EngineScope scope;
  if (step_accesses_ >= kHangAccesses) {
    Fail(Verdict::kHang, "");
    Abandon();
  }
  // Perhaps it waits for a plain variable to change; whoever changes it is then
  // found to race.
  uint64_t so_far = step_accesses_;
  OpBegin(OpKind::kGosched, nullptr, nullptr, nullptr,
          __builtin_frame_address(0));
  OpEnd();
  step_accesses_ = so_far;
  preempt_at_ = so_far + kStepAccesses;
}

void Engine::CheckForeignStack(const explorer::Access& access) {
  auto address = reinterpret_cast<uintptr_t>(access.address);
  if (!IsInDeadFrame(address)) {
    if (shared_.Add(address - stacks_lo_, access.size)) incomplete_ = true;
    return;
  }
  Fail(Verdict::kMemory,
       "a local variable is used after its function has returned");
  Abandon();
}

void Engine::OnAllocate(void* block, size_t size) {
  if (block == nullptr) return;
  races_.Forget(block, size);
  if (options_.weak_memory) memory_model_.Forget(block, size);
  allocated_bytes_ += size;
  bool fresh;
  allocated_.FindOrMake(reinterpret_cast<uintptr_t>(block), &fresh);
}

void Engine::OnFree(void* block, size_t size, const void* pc) {
  explorer::Access access;
  access.address = block;
  access.size = std::min(size, kFreedBytes);
  access.is_write = true;
  access.is_free = true;
  access.pc = pc;
  // A block from before the execution may belong to a global, which the next
  // execution finds as it was: then the block must still be there.
  if (allocated_.Find(reinterpret_cast<uintptr_t>(block)) != nullptr) {
    quarantine_.push_back(block);
    quarantine_bytes_ += size;
  }
  Access(access);
  if (quarantine_bytes_ > kQuarantineBytes) FreeQuarantine();
}

void Engine::FreeQuarantine() {
  EngineScope scope;
  for (void* block : quarantine_) free(block);
  quarantine_.clear();
  quarantine_bytes_ = 0;
}

}  // namespace rt::explorer
