// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The futexes of Linux: what std::atomic's wait and notify, std::latch,
// barrier, counting_semaphore and future are made of.
//
// Falling asleep reads the atomic and depends on whoever writes it; a
// notification depends on who falls asleep only, so it is on an address of its
// own. It orders nothing by itself: the atomic does.

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdarg>
#include <cstddef>
#include <cstdint>

#include "runtime/explorer/library_code.h"
#include "runtime/explorer/posix.h"
#include "runtime/internal/host.h"

namespace rt::explorer {
namespace {

using internal::host::ObjectList;
using internal::host::Op;
using internal::host::OpKind;

// As in tsan_callbacks.cc.
const void* WordOf(const int* value) {
  return reinterpret_cast<const void*>(reinterpret_cast<uintptr_t>(value) &
                                       ~uintptr_t{7});
}

// No atomic that one can wait at has this address.
const void* QueueOf(const int* value) {
  return reinterpret_cast<const char*>(value) + 1;
}

// libstdc++'s semaphore (before GCC 14) may fall asleep for the value that it
// saw before it looked for the last time, and so be asleep though it could go
// on, with nobody to wake it: once in a very long time. That is not the fault
// of the code under test.
bool MustLookAgain(int value) { return value > 0 && InSemaphore(); }

// The kernel looks at memory itself, and so has who comes back from it.
void SeeMemory(const int* value, const void* pc) {
  MemoryModel* model = Engine::Active()->memory_model();
  if (model == nullptr) return;
  EngineScope scope;
  AtomicAccess access;
  access.goroutine = Engine::Active()->current()->index;
  access.address = value;
  access.size = sizeof *value;
  access.memory = static_cast<unsigned>(*value);
  access.pc = pc;
  model->Pick(access, [](uint64_t) { return 0; });
  model->Read(MemoryOrder::kRelaxed);
}

long Wait(const int* value, int expected, int64_t deadline_ns, const void* pc) {
  MayBlock may_block;
  {
    const void* const objects[] = {QueueOf(value), WordOf(value)};
    Op op(OpKind::kAtomicWait, ObjectList{objects, 2, sizeof(void*)});
    Touch(value, sizeof *value, /*destroys=*/false, pc);
    SeeMemory(value, pc);
    if (*value != expected || MustLookAgain(*value)) {
      errno = EAGAIN;
      return -1;
    }
  }
  bool woken = SleepAt(QueueOf(value), deadline_ns, /*purpose=*/nullptr);
  SeeMemory(value, pc);
  if (woken) return 0;
  errno = ETIMEDOUT;
  return -1;
}

long Wake(const int* value, int count) {
  Op op(OpKind::kAtomicNotify, QueueOf(value));
  return WakeAt(QueueOf(value), /*all=*/count > 1);
}

int64_t After(const timespec& time) {
  int64_t now_ns = internal::host::NowNs();
  int64_t ns = Deadline(CLOCK_MONOTONIC, time);
  return ns > kNever - now_ns ? kNever : now_ns + ns;
}

long Futex(const int* value, int operation, int argument, const timespec* time,
           const void* pc) {
  clockid_t clock =
      operation & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC;
  switch (operation & FUTEX_CMD_MASK) {
    case FUTEX_WAIT:
      return Wait(value, argument, time == nullptr ? kNever : After(*time), pc);
    case FUTEX_WAIT_BITSET:
      return Wait(value, argument,
                  time == nullptr ? kNever : Deadline(clock, *time), pc);
    case FUTEX_WAKE:
    case FUTEX_WAKE_BITSET:
      return Wake(value, argument);
    default:
      RefuseType("a futex operation other than wait and wake",
                 "use std::atomic's wait and notify");
  }
}

}  // namespace
}  // namespace rt::explorer

static constinit rt::explorer::Hidden<long(long, ...)> hidden_syscall(
    "syscall");

extern "C" long syscall(long number, ...) noexcept {
  long a[6];
  va_list arguments;
  va_start(arguments, number);
  for (long& argument : a) argument = va_arg(arguments, long);
  va_end(arguments);
  if (number == SYS_futex && rt::explorer::InCodeUnderTest()) {
    return rt::explorer::Futex(reinterpret_cast<const int*>(a[0]),
                               static_cast<int>(a[1]), static_cast<int>(a[2]),
                               reinterpret_cast<const timespec*>(a[3]), RT_PC);
  }
  return hidden_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
