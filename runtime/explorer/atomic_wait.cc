// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/explorer/atomic_wait.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "runtime/explorer/library_code.h"
#include "runtime/explorer/posix.h"
#include "runtime/internal/host.h"

namespace rt::explorer {
namespace {

using internal::host::ObjectList;
using internal::host::Op;
using internal::host::OpKind;

// As in atomic_op.h.
const void* WordOf(const void* at) {
  return reinterpret_cast<const void*>(reinterpret_cast<uintptr_t>(at) &
                                       ~uintptr_t{7});
}

// Of its own, for an atomic of one byte may be everywhere in a word.
const void* QueueOf(const void* at) {
  return reinterpret_cast<const void*>(~reinterpret_cast<uintptr_t>(at));
}

uint64_t ValueAt(const void* at, size_t size) {
  uint64_t value = 0;
  memcpy(&value, at, size);
  return value;
}

// libstdc++'s semaphore (before GCC 14) may fall asleep for the value that it
// saw before it looked for the last time, and so be asleep though it could go
// on, with nobody to wake it: once in a very long time. That is not the fault
// of the code under test.
bool MustLookAgain(uint64_t value) {
  return static_cast<int32_t>(value) > 0 && InSemaphore();
}

// Who comes back from waiting has looked at memory itself.
void SeeMemory(const void* at, size_t size, const void* pc) {
  MemoryModel* model = Engine::Active()->memory_model();
  if (model == nullptr) return;
  EngineScope scope;
  AtomicAccess access;
  access.goroutine = Engine::Active()->current()->index;
  access.address = at;
  access.size = size;
  access.memory = ValueAt(at, size);
  access.pc = pc;
  model->Pick(access, [](uint64_t) { return 0; });
  model->Read(MemoryOrder::kRelaxed);
}

}  // namespace

Waited WaitWhile(const void* at, size_t size, uint64_t value,
                 int64_t deadline_ns, const void* pc) {
  MayBlock may_block;
  {
    const void* const objects[] = {QueueOf(at), WordOf(at)};
    Op op(OpKind::kAtomicWait, ObjectList{objects, 2, sizeof(void*)});
    Touch(at, size, /*destroys=*/false, pc);
    SeeMemory(at, size, pc);
    uint64_t now = ValueAt(at, size);
    if (now != value || MustLookAgain(now)) return Waited::kChanged;
  }
  bool woken = SleepAt(QueueOf(at), deadline_ns, /*purpose=*/nullptr);
  SeeMemory(at, size, pc);
  return woken ? Waited::kWoken : Waited::kTimedOut;
}

int Notify(const void* at, bool all) {
  Op op(OpKind::kAtomicNotify, QueueOf(at));
  return WakeAt(QueueOf(at), all);
}

}  // namespace rt::explorer
