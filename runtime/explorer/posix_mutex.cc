// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// pthread_mutex_t: std::mutex, std::timed_mutex and the recursive ones.

#include "runtime/explorer/posix_mutex.h"

#include <pthread.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "runtime/explorer/engine.h"
#include "runtime/explorer/goroutine.h"
#include "runtime/explorer/library_code.h"
#include "runtime/explorer/posix.h"
#include "runtime/internal/host.h"

namespace rt::explorer {
namespace {

using internal::host::ObjectList;
using internal::host::Op;
using internal::host::OpKind;

// X3: a mutex that pthread_mutex_init made outside of every execution is a
// library's too (GoogleTest's, with which every failed expectation is noted;
// std::mutex is made without that call). It is marked where the C library
// keeps what only robust mutexes need.
char of_library;

void MarkAsLibrarys(pthread_mutex_t* m) {
  m->__data.__list.__next =
      reinterpret_cast<decltype(m->__data.__list.__next)>(&of_library);
}

bool IsLibrarys(const pthread_mutex_t* m) {
  return static_cast<const void*>(m->__data.__list.__next) == &of_library;
}

// What glibc keeps in it; __owner is ours while an execution runs: the number
// of the goroutine.
bool IsFree(const pthread_mutex_t* m) { return m->__data.__lock == 0; }

bool IsMine(const pthread_mutex_t* m) {
  return !IsFree(m) && static_cast<uint64_t>(m->__data.__owner) ==
                           Engine::Active()->current()->id;
}

std::string HolderOf(const pthread_mutex_t* m) {
  auto index = static_cast<size_t>(m->__data.__owner) - 1;
  return Called(Engine::Active()->goroutine(index));
}

int KindOf(const pthread_mutex_t* m) {
  int kind = m->__data.__kind;
  if (kind < 0) Misuse("a mutex is used after it was destroyed");
  if (kind > PTHREAD_MUTEX_ADAPTIVE_NP) {
    RefuseType(
        "a pthread_mutex_t with attributes (robust, shared between "
        "processes, of priority protocols)",
        "use std::mutex");
  }
  return kind;
}

void SetHeld(pthread_mutex_t* m) {
  m->__data.__lock = 1;
  m->__data.__owner = static_cast<int>(Engine::Active()->current()->id);
  m->__data.__count = 1;
  internal::host::Acquire(m);
}

// What the holder of a mutex does that asks for it again. Whether that is all
// there is to do; then *result is the answer.
bool LockedAgain(pthread_mutex_t* m, int* result) {
  int kind = KindOf(m);
  if (!IsMine(m)) return false;
  if (kind == PTHREAD_MUTEX_RECURSIVE_NP) {
    ++m->__data.__count;
    *result = 0;
    return true;
  }
  *result = EDEADLK;
  return kind == PTHREAD_MUTEX_ERRORCHECK_NP;
}

// std::lock takes the first mutex, tries the others, gives all back if one of
// them is taken, and begins again with that one. Two that do so could get in
// each other's way for ever, in the same steps over and over. So when the first
// try has failed, all that it has met are `wanted`: the next attempt is one
// operation on all of them, and waits until all are free. If a try of one that
// was not known yet fails then, those that std::lock has not asked for again go
// back with it.

// Notes a mutex that std::lock could not take, or gives back.
void NoteWanted(const pthread_mutex_t* m) {
  EngineScope scope;
  std::vector<const void*>& wanted = Engine::Active()->current()->wanted;
  if (std::find(wanted.begin(), wanted.end(), m) == wanted.end()) {
    wanted.push_back(m);
  }
}

// Whether std::lock has taken m together with others; then it is done.
bool TakenWithOthers(const pthread_mutex_t* m) {
  return std::erase(Engine::Active()->current()->wanted, m) > 0 && IsMine(m);
}

pthread_mutex_t* MutexAt(const void* object) {
  return static_cast<pthread_mutex_t*>(const_cast<void*>(object));
}

void LockAll(std::vector<const void*>& wanted, pthread_mutex_t* first,
             const void* pc) {
  std::swap(*std::find(wanted.begin(), wanted.end(), first), wanted[0]);
  auto all_free = [](const void* of) {
    const auto& all = *static_cast<const std::vector<const void*>*>(of);
    return std::all_of(all.begin(), all.end(), [](const void* object) {
      return IsFree(MutexAt(object));
    });
  };
  MayBlock may_block;
  Engine::Active()->OpBegin(
      OpKind::kMutexLock,
      ObjectList{wanted.data(), wanted.size(), sizeof(void*)}, all_free,
      &wanted, __builtin_frame_address(0));
  for (const void* object : wanted) {
    Touch(object, sizeof *first, /*destroys=*/false, pc);
    SetHeld(MutexAt(object));
  }
  wanted.erase(wanted.begin());
  internal::host::OpEnd();
}

int Lock(pthread_mutex_t* m, const void* pc) {
  int result;
  if (LockedAgain(m, &result)) return result;
  std::vector<const void*>& wanted = Engine::Active()->current()->wanted;
  if (std::find(wanted.begin(), wanted.end(), m) != wanted.end()) {
    LockAll(wanted, m, pc);
    return 0;
  }
  MayBlock may_block;
  Op op(OpKind::kMutexLock, m, [m] { return IsFree(m); });
  Touch(m, sizeof *m, /*destroys=*/false, pc);
  SetHeld(m);
  return 0;
}

int TryLock(pthread_mutex_t* m, const void* pc) {
  int result;
  if (TakenWithOthers(m)) return 0;
  if (LockedAgain(m, &result)) return result == 0 ? 0 : EBUSY;
  if (IsMine(m)) Misuse("try_lock of a mutex that the caller holds already");
  std::vector<const void*> objects = {
      m};  // And those it may have to give back.
  std::vector<const void*>& wanted = Engine::Active()->current()->wanted;
  objects.insert(objects.end(), wanted.begin(), wanted.end());
  Op op(OpKind::kMutexTryLock,
        ObjectList{objects.data(), objects.size(), sizeof(void*)});
  Touch(m, sizeof *m, /*destroys=*/false, pc);
  if (!IsFree(m)) {
    for (const void* other : wanted) {
      if (!IsMine(MutexAt(other))) continue;
      GiveBack(MutexAt(other), pc);
      Engine::Active()->NotHeld(other);
    }
    if (InStdLock()) NoteWanted(m);
    return EBUSY;
  }
  SetHeld(m);
  return 0;
}

int LockUntil(pthread_mutex_t* m, int64_t deadline_ns, const void* pc) {
  int result;
  if (LockedAgain(m, &result)) return result;
  MayBlock may_block;
  Alarm alarm(m, deadline_ns, OpKind::kMutexTryLock);
  Op op(OpKind::kMutexLock, m,
        [m, &alarm] { return IsFree(m) || alarm.rang(); });
  Touch(m, sizeof *m, /*destroys=*/false, pc);
  alarm.Stop();
  if (!IsFree(m)) return ETIMEDOUT;
  SetHeld(m);
  return 0;
}

int Unlock(pthread_mutex_t* m, const void* pc) {
  KindOf(m);
  if (IsMine(m) && m->__data.__count > 1) {
    --m->__data.__count;
    return 0;
  }
  Op op(OpKind::kMutexUnlock, m);
  if (IsFree(m)) Misuse("a mutex is unlocked that is not locked");
  if (!IsMine(m)) {
    Misuse("a mutex is unlocked that " + HolderOf(m) +
           " holds: only who has locked it may do that");
  }
  GiveBack(m, pc);
  if (!Engine::Active()->current()->wanted.empty() && InStdLock()) {
    NoteWanted(m);
  }
  return 0;
}

int Destroy(pthread_mutex_t* m, const void* pc) {
  if (!IsFree(m)) {
    Misuse("a mutex is destroyed while " + HolderOf(m) + " holds it");
  }
  Touch(m, sizeof *m, /*destroys=*/true, pc);
  m->__data.__kind = -1;
  return 0;
}

}  // namespace

void MustHold(pthread_mutex_t* m, const char* call) {
  KindOf(m);
  if (!IsMine(m) || m->__data.__count != 1) {
    Misuse(std::string(call) + " with a mutex that the caller does not hold");
  }
}

void GiveBack(pthread_mutex_t* m, const void* pc) {
  Touch(m, sizeof *m, /*destroys=*/false, pc);
  internal::host::Release(m);
  m->__data.__lock = 0;
  m->__data.__owner = 0;
  m->__data.__count = 0;
}

void TakeAgain(pthread_mutex_t* m, const void* pc) { Lock(m, pc); }

}  // namespace rt::explorer

using rt::explorer::Deadline;
using rt::explorer::Hidden;
using rt::explorer::InCodeUnderTest;
using rt::explorer::IsExplored;

namespace {

using OfMutex = int(pthread_mutex_t*);
constinit Hidden<OfMutex> hidden_lock("pthread_mutex_lock");
constinit Hidden<OfMutex> hidden_trylock("pthread_mutex_trylock");
constinit Hidden<OfMutex> hidden_unlock("pthread_mutex_unlock");
constinit Hidden<OfMutex> hidden_destroy("pthread_mutex_destroy");
constinit Hidden<int(pthread_mutex_t*, const timespec*)> hidden_timedlock(
    "pthread_mutex_timedlock");
constinit Hidden<int(pthread_mutex_t*, clockid_t, const timespec*)>
    hidden_clocklock("pthread_mutex_clocklock");

constinit Hidden<int(pthread_mutex_t*, const pthread_mutexattr_t*)> hidden_init(
    "pthread_mutex_init");

bool Ours(pthread_mutex_t* m) {
  return InCodeUnderTest() && !rt::explorer::IsLibrarys(m) && IsExplored(m);
}

}  // namespace

extern "C" {

int pthread_mutex_init(pthread_mutex_t* m,
                       const pthread_mutexattr_t* attributes) noexcept {
  int result = hidden_init(m, attributes);
  bool plain = m->__data.__kind <= PTHREAD_MUTEX_ADAPTIVE_NP;
  if (!InCodeUnderTest() && plain) rt::explorer::MarkAsLibrarys(m);
  return result;
}

int pthread_mutex_lock(pthread_mutex_t* m) noexcept {
  return Ours(m) ? rt::explorer::Lock(m, RT_PC) : hidden_lock(m);
}

int pthread_mutex_trylock(pthread_mutex_t* m) noexcept {
  return Ours(m) ? rt::explorer::TryLock(m, RT_PC) : hidden_trylock(m);
}

int pthread_mutex_timedlock(pthread_mutex_t* m,
                            const timespec* until) noexcept {
  return Ours(m) ? rt::explorer::LockUntil(m, Deadline(CLOCK_REALTIME, *until),
                                           RT_PC)
                 : hidden_timedlock(m, until);
}

int pthread_mutex_clocklock(pthread_mutex_t* m, clockid_t clock,
                            const timespec* until) noexcept {
  return Ours(m) ? rt::explorer::LockUntil(m, Deadline(clock, *until), RT_PC)
                 : hidden_clocklock(m, clock, until);
}

int pthread_mutex_unlock(pthread_mutex_t* m) noexcept {
  return Ours(m) ? rt::explorer::Unlock(m, RT_PC) : hidden_unlock(m);
}

int pthread_mutex_destroy(pthread_mutex_t* m) noexcept {
  return Ours(m) ? rt::explorer::Destroy(m, RT_PC) : hidden_destroy(m);
}

}  // extern "C"
