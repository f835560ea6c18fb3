// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What the code under test does to memory, and where its goroutines' stacks
// are.

#include <dlfcn.h>
#include <malloc.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "runtime/explorer/arena.h"
#include "runtime/explorer/engine.h"
#include "runtime/explorer/globals.h"
#include "runtime/explorer/heap_check.h"
#include "runtime/explorer/leak_check.h"
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
  } else if (found && race.earlier.is_forbidden) {
    const HeapBlock* block = heap_.Neighbour(access.address, access.size);
    if (block != nullptr) {
      FailAtBlock(*block, OutOfBoundsText(*block, access.address, access.size,
                                          access.is_write));
      failure_.block.is_access = true;
      failure_.block.is_write = access.is_write;
      failure_.race.later = race.later;
      Abandon();
    }
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
  HeapBlock& added = heap_.Add(block, size, current_->index);
  if (options_.keep_allocations) added.allocated_at = internal::Backtrace();
  uintptr_t front = added.begin() - HeapBlocks::kFront;
  uintptr_t end = added.begin() + HeapBlocks::Padded(size);
  races_.Forget(reinterpret_cast<const void*>(front), end - front);
  races_.Forbid(front, added.begin());
  races_.Forbid(added.end(), end);
  if (options_.weak_memory) memory_model_.Forget(block, size);
  allocated_bytes_ += size;
}

void Engine::OnFree(void* block, const void* pc) {
  size_t size = BlockBytes(block);
  explorer::Access access;
  access.address = block;
  access.size = std::min(size, kFreedBytes);
  access.is_write = true;
  access.is_free = true;
  access.pc = pc;
  HeapBlock* known = heap_.Find(block);
  // A block from before the execution may belong to a global, which the next
  // execution finds as it was: then the block must still be there.
  if (known != nullptr && !known->freed) {
    if (HeapBlocks::IsOverrun(*known)) {
      FailAtBlock(*known,
                  "memory just past the end of this block has been written to");
      Abandon();
    }
    given_names_.Forget(known->begin(), known->end());
    heap_.Freed(*known);
    quarantine_.push_back(block);
    quarantine_bytes_ += size;
  }
  Access(access);
  if (quarantine_bytes_ > kQuarantineBytes) FreeQuarantine();
}

void Engine::OnOwnFree(void* block) {
  HeapBlock* known = heap_.Find(block);
  if (known == nullptr) return;
  uintptr_t front = known->begin() - HeapBlocks::kFront;
  races_.Forget(reinterpret_cast<const void*>(front),
                HeapBlocks::kFront + HeapBlocks::Padded(known->size));
  given_names_.Forget(known->begin(), known->end());
  heap_.Forget(*known);
}

size_t Engine::BlockBytes(void* block) {
  if (const HeapBlock* known = heap_.Find(block)) return known->size;
  auto at = reinterpret_cast<uintptr_t>(block);
  Dl_info variable;
  if (const HeapBlock* around = heap_.Containing(block)) {
    FailAtBlock(*around,
                absl::StrCat("a pointer to byte ", at - around->begin(),
                             " of a block of ", around->size,
                             " bytes is freed, not the block's own"));
  } else if (at - stacks_lo_ < stacks_bytes_) {
    Fail(Verdict::kMemory, "a local variable is freed, which nobody allocated");
  } else if (dladdr(block, &variable) != 0) {
    Fail(Verdict::kMemory, "a variable is freed, which nobody allocated");
  } else {
    return malloc_usable_size(block);
  }
  Abandon();
}

const Goroutine* Engine::StackOwner(const void* address) const {
  auto offset = reinterpret_cast<uintptr_t>(address) - stacks_lo_;
  size_t index = offset / kStackStride;
  return offset < stacks_bytes_ && index < count_ ? goroutines_[index].get()
                                                  : nullptr;
}

bool Engine::MayRead(uintptr_t address, size_t size) const {
  const void* first = reinterpret_cast<const void*>(address);
  const void* last = reinterpret_cast<const void*>(address + size - 1);
  if (const Goroutine* owner = StackOwner(first)) {
    return owner == StackOwner(last) &&
           address >= reinterpret_cast<uintptr_t>(stacks_[owner->index]);
  }
  if (IsGlobal(first)) return IsGlobal(last);
  const HeapBlock* block = heap_.Containing(first);
  return block != nullptr && address + size <= block->end();
}

void Engine::NameGoroutine(std::string_view name) {
  if (current_->is_thread || current_->index == 0) return;
  EngineScope scope;
  current_->name = name;
}

void Engine::NameObject(const void* object, std::string_view name) {
  if (options_.recording == nullptr) return;
  EngineScope scope;
  given_names_.Set(object, name);
}

void Engine::ForgetFrame(uintptr_t from, uintptr_t frame_pointer) {
  if (frame_pointer < from ||
      StackOwner(reinterpret_cast<const void*>(frame_pointer)) != current_) {
    return;
  }
  EngineScope scope;
  given_names_.Forget(from, frame_pointer + 2 * sizeof(uintptr_t));
}

void Engine::FailAtBlock(const HeapBlock& block, std::string text) {
  Fail(Verdict::kMemory, std::move(text));
  failure_.block.address = reinterpret_cast<const void*>(block.begin());
  failure_.block.goroutine = block.goroutine;
  failure_.block.allocated_at = block.allocated_at;
}

void Engine::CheckLeaks() {
  if (options_.may_lose_memory || heap_.living() == 0) return;
  if (outer_frame_ == 0) return;  // Nobody told what else has pointers.
  // The end of a program gives everything back.
  if (options_.main_return_ends) return;
  LeakRoots roots;
  roots.outer_stack = outer_frame_;
  roots.engine = reinterpret_cast<uintptr_t>(this);
  roots.goroutine_stacks = {stacks_lo_, stacks_lo_ + stacks_bytes_};
  for (size_t i = 0; i < count_; ++i) {
    const Goroutine& g = *goroutines_[i];
    if (g.state == GoroutineState::kDead) continue;
    // A timer's: its call waits to be made.
    auto block = reinterpret_cast<uintptr_t>(&g);
    roots.kept.push_back({block, block + sizeof g});
    roots.kept.push_back(
        {reinterpret_cast<uintptr_t>(g.context.sp),
         reinterpret_cast<uintptr_t>(stacks_[i]) + kStackBytes});
  }
  std::vector<const HeapBlock*> lost = FindLost(heap_.all(), roots);
  if (lost.empty()) return;
  if (!options_.keep_allocations) {
    suspects_leak_ = true;
    return;
  }
  std::erase_if(lost, [](const HeapBlock* block) {
    return !IsUsersAllocation(block->allocated_at);
  });
  if (lost.empty()) return;
  size_t size = lost[0]->size;
  std::string text = absl::StrCat(size, size == 1 ? " byte" : " bytes",
                                  " allocated here are never freed, and "
                                  "nothing leads to them any more");
  if (lost.size() > 1) {
    absl::StrAppend(&text, " (nor to ", lost.size() - 1,
                    lost.size() == 2 ? " other block)" : " other blocks)");
  }
  FailAtBlock(*lost[0], std::move(text));
  failure_.goroutine = lost[0]->goroutine;
  failure_.block.is_leak = true;
}

void Engine::FreeQuarantine() {
  EngineScope scope;
  for (void* block : quarantine_) free(block);
  quarantine_.clear();
  quarantine_bytes_ = 0;
}

}  // namespace rt::explorer
