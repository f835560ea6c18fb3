// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// pthread_rwlock_t: std::shared_mutex and std::shared_timed_mutex.
//
// As glibc's, and unlike rt::RWMutex, one does not keep new readers out while
// somebody waits to write; the standard leaves that open.

#include <pthread.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include "runtime/explorer/engine.h"
#include "runtime/explorer/goroutine.h"
#include "runtime/explorer/posix.h"
#include "runtime/internal/host.h"

namespace rt::explorer {
namespace {

using internal::host::Op;
using internal::host::OpKind;

// What glibc keeps in it; __cur_writer is ours: the number of the goroutine.
bool HasWriter(const pthread_rwlock_t* m) {
  return m->__data.__cur_writer != 0;
}

bool IsFree(const pthread_rwlock_t* m) {
  return !HasWriter(m) && m->__data.__readers == 0;
}

bool MayTake(const pthread_rwlock_t* m, bool shared) {
  return shared ? !HasWriter(m) : IsFree(m);
}

bool IsHeldBy(const pthread_rwlock_t* m, const Goroutine& g) {
  return std::any_of(g.held.begin(), g.held.end(),
                     [m](const HeldLock& held) { return held.object == m; });
}

void Take(pthread_rwlock_t* m, bool shared) {
  if (shared) {
    ++m->__data.__readers;
  } else {
    m->__data.__cur_writer = static_cast<int>(Engine::Active()->current()->id);
  }
  internal::host::Acquire(m);
}

void MustNotHold(const pthread_rwlock_t* m, const char* call) {
  if (!IsHeldBy(m, *Engine::Active()->current())) return;
  Misuse(std::string(call) +
         " of a shared mutex that the caller holds already");
}

OpKind LockKind(bool shared) {
  return shared ? OpKind::kRWMutexRLock : OpKind::kSharedMutexLock;
}

int Lock(pthread_rwlock_t* m, bool shared, const void* pc) {
  MustNotHold(m, shared ? "lock_shared" : "lock");
  MayBlock may_block;
  Op op(LockKind(shared), m, [m, shared] { return MayTake(m, shared); });
  Touch(m, sizeof *m, /*destroys=*/false, pc);
  Take(m, shared);
  return 0;
}

int TryLock(pthread_rwlock_t* m, bool shared, const void* pc) {
  MustNotHold(m, shared ? "try_lock_shared" : "try_lock");
  Op op(shared ? OpKind::kRWMutexTryRLock : OpKind::kRWMutexTryLock, m);
  Touch(m, sizeof *m, /*destroys=*/false, pc);
  if (!MayTake(m, shared)) return EBUSY;
  Take(m, shared);
  return 0;
}

int LockUntil(pthread_rwlock_t* m, bool shared, int64_t deadline_ns,
              const void* pc) {
  MustNotHold(m, shared ? "lock_shared" : "lock");
  MayBlock may_block;
  Alarm alarm(m, deadline_ns,
              shared ? OpKind::kRWMutexTryRLock : OpKind::kRWMutexTryLock);
  Op op(LockKind(shared), m,
        [m, shared, &alarm] { return MayTake(m, shared) || alarm.rang(); });
  Touch(m, sizeof *m, /*destroys=*/false, pc);
  alarm.Stop();
  if (!MayTake(m, shared)) return ETIMEDOUT;
  Take(m, shared);
  return 0;
}

int Unlock(pthread_rwlock_t* m, const void* pc) {
  Goroutine& self = *Engine::Active()->current();
  bool held = IsHeldBy(m, self);
  bool writes = static_cast<uint64_t>(m->__data.__cur_writer) == self.id;
  Op op(writes ? OpKind::kRWMutexUnlock : OpKind::kRWMutexRUnlock, m);
  if (IsFree(m)) Misuse("a shared mutex is unlocked that is not locked");
  if (!held) Misuse("a shared mutex is unlocked that the caller does not hold");
  Touch(m, sizeof *m, /*destroys=*/false, pc);
  internal::host::Release(m);
  if (writes) {
    m->__data.__cur_writer = 0;
  } else {
    --m->__data.__readers;
  }
  return 0;
}

int Destroy(pthread_rwlock_t* m, const void* pc) {
  if (!IsFree(m)) Misuse("a shared mutex is destroyed while it is held");
  Touch(m, sizeof *m, /*destroys=*/true, pc);
  return 0;
}

}  // namespace
}  // namespace rt::explorer

using rt::explorer::Deadline;
using rt::explorer::Hidden;
using rt::explorer::InCodeUnderTest;
using rt::explorer::IsExplored;
using rt::explorer::Lock;
using rt::explorer::LockUntil;
using rt::explorer::TryLock;

namespace {

using OfLock = int(pthread_rwlock_t*);
using UntilTime = int(pthread_rwlock_t*, const timespec*);
using UntilClock = int(pthread_rwlock_t*, clockid_t, const timespec*);

bool Ours(pthread_rwlock_t* m) { return InCodeUnderTest() && IsExplored(m); }

}  // namespace

// The functions come in pairs, to read and to write.
#define RT_RWLOCK(RD, SHARED)                                                  \
  static constinit Hidden<OfLock> hidden_##RD##lock("pthread_rwlock_" #RD      \
                                                    "lock");                   \
  static constinit Hidden<OfLock> hidden_try##RD##lock(                        \
      "pthread_rwlock_try" #RD "lock");                                        \
  static constinit Hidden<UntilTime> hidden_timed##RD##lock(                   \
      "pthread_rwlock_timed" #RD "lock");                                      \
  static constinit Hidden<UntilClock> hidden_clock##RD##lock(                  \
      "pthread_rwlock_clock" #RD "lock");                                      \
  extern "C" int pthread_rwlock_##RD##lock(pthread_rwlock_t* m) noexcept {     \
    return Ours(m) ? Lock(m, SHARED, RT_PC) : hidden_##RD##lock(m);            \
  }                                                                            \
  extern "C" int pthread_rwlock_try##RD##lock(pthread_rwlock_t* m) noexcept {  \
    return Ours(m) ? TryLock(m, SHARED, RT_PC) : hidden_try##RD##lock(m);      \
  }                                                                            \
  extern "C" int pthread_rwlock_timed##RD##lock(                               \
      pthread_rwlock_t* m, const timespec* until) noexcept {                   \
    return Ours(m)                                                             \
               ? LockUntil(m, SHARED, Deadline(CLOCK_REALTIME, *until), RT_PC) \
               : hidden_timed##RD##lock(m, until);                             \
  }                                                                            \
  extern "C" int pthread_rwlock_clock##RD##lock(                               \
      pthread_rwlock_t* m, clockid_t clock, const timespec* until) noexcept {  \
    return Ours(m) ? LockUntil(m, SHARED, Deadline(clock, *until), RT_PC)      \
                   : hidden_clock##RD##lock(m, clock, until);                  \
  }

RT_RWLOCK(rd, true)
RT_RWLOCK(wr, false)

static constinit Hidden<OfLock> hidden_unlock("pthread_rwlock_unlock");
static constinit Hidden<OfLock> hidden_destroy("pthread_rwlock_destroy");

extern "C" {

int pthread_rwlock_unlock(pthread_rwlock_t* m) noexcept {
  return Ours(m) ? rt::explorer::Unlock(m, RT_PC) : hidden_unlock(m);
}

int pthread_rwlock_destroy(pthread_rwlock_t* m) noexcept {
  return Ours(m) ? rt::explorer::Destroy(m, RT_PC) : hidden_destroy(m);
}

}  // extern "C"
