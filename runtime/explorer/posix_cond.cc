// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// pthread_cond_t: std::condition_variable.
//
// Giving back the mutex and falling asleep are one operation on both. Who wakes
// takes the mutex again, which is another. A notification orders nothing by
// itself: only the mutex does. A wait may end for no reason (as POSIX and the
// standard say); then it ends at once, and the mutex is taken again whenever
// that is chosen, which is as good as later.

#include <pthread.h>
#include <time.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "runtime/explorer/engine.h"
#include "runtime/explorer/goroutine.h"
#include "runtime/explorer/posix.h"
#include "runtime/explorer/posix_mutex.h"
#include "runtime/internal/host.h"

namespace rt::explorer {
namespace {

using internal::host::ObjectList;
using internal::host::Op;
using internal::host::OpKind;

constexpr internal::host::Purpose kNotification = {
    "a notify_one or notify_all that never comes",
    "whoever changes the condition holds the mutex while it does, and notifies "
    "after it; wait is given the condition, so that it looks before it sleeps"};

int Wait(pthread_cond_t* c, pthread_mutex_t* m, int64_t deadline_ns,
         const void* pc) {
  MustHold(m, "a wait at a condition variable");
  MayBlock may_block;
  bool spurious;
  {
    const void* const objects[] = {m, c};
    Op op(OpKind::kCondWait, ObjectList{objects, 2, sizeof(void*)});
    Touch(c, sizeof *c, /*destroys=*/false, pc);
    GiveBack(m, pc);
    spurious = Engine::Active()->WakesSpuriously();
  }
  bool in_time = spurious || SleepAt(c, deadline_ns, &kNotification);
  TakeAgain(m, pc);
  return in_time ? 0 : ETIMEDOUT;
}

int Notify(pthread_cond_t* c, bool all, const void* pc) {
  Op op(all ? OpKind::kCondBroadcast : OpKind::kCondSignal, c);
  Touch(c, sizeof *c, /*destroys=*/false, pc);
  WakeAt(c, all);
  return 0;
}

int Destroy(pthread_cond_t* c, const void* pc) {
  Engine::Active()->ForEachLive([c](const Goroutine& g) {
    if (g.state == GoroutineState::kWaiting && g.wait_object == c) {
      Misuse("a condition variable is destroyed while " + Called(g) +
             " waits at it");
    }
  });
  Touch(c, sizeof *c, /*destroys=*/true, pc);
  return 0;
}

}  // namespace
}  // namespace rt::explorer

using rt::explorer::Deadline;
using rt::explorer::Hidden;
using rt::explorer::InCodeUnderTest;
using rt::explorer::IsExplored;

namespace {

constinit Hidden<int(pthread_cond_t*, const pthread_condattr_t*)> hidden_init(
    "pthread_cond_init");
constinit Hidden<int(pthread_cond_t*)> hidden_destroy("pthread_cond_destroy");
constinit Hidden<int(pthread_cond_t*)> hidden_signal("pthread_cond_signal");
constinit Hidden<int(pthread_cond_t*)> hidden_broadcast(
    "pthread_cond_broadcast");
constinit Hidden<int(pthread_cond_t*, pthread_mutex_t*)> hidden_wait(
    "pthread_cond_wait");
constinit Hidden<int(pthread_cond_t*, pthread_mutex_t*, const timespec*)>
    hidden_timedwait("pthread_cond_timedwait");
constinit Hidden<int(pthread_cond_t*, pthread_mutex_t*, clockid_t,
                     const timespec*)>
    hidden_clockwait("pthread_cond_clockwait");

bool Ours(pthread_cond_t* c) { return InCodeUnderTest() && IsExplored(c); }

}  // namespace

extern "C" {

int pthread_cond_init(pthread_cond_t* c,
                      const pthread_condattr_t* attributes) noexcept {
  if (!InCodeUnderTest()) return hidden_init(c, attributes);
  if (attributes != nullptr) {
    rt::explorer::RefuseType("a pthread_cond_t with attributes",
                             "use std::condition_variable");
  }
  *c = PTHREAD_COND_INITIALIZER;
  return 0;
}

int pthread_cond_destroy(pthread_cond_t* c) noexcept {
  return Ours(c) ? rt::explorer::Destroy(c, RT_PC) : hidden_destroy(c);
}

int pthread_cond_signal(pthread_cond_t* c) noexcept {
  return Ours(c) ? rt::explorer::Notify(c, /*all=*/false, RT_PC)
                 : hidden_signal(c);
}

int pthread_cond_broadcast(pthread_cond_t* c) noexcept {
  return Ours(c) ? rt::explorer::Notify(c, /*all=*/true, RT_PC)
                 : hidden_broadcast(c);
}

int pthread_cond_wait(pthread_cond_t* c, pthread_mutex_t* m) {
  return Ours(c) ? rt::explorer::Wait(c, m, rt::explorer::kNever, RT_PC)
                 : hidden_wait(c, m);
}

int pthread_cond_timedwait(pthread_cond_t* c, pthread_mutex_t* m,
                           const timespec* until) {
  return Ours(c)
             ? rt::explorer::Wait(c, m, Deadline(CLOCK_REALTIME, *until), RT_PC)
             : hidden_timedwait(c, m, until);
}

int pthread_cond_clockwait(pthread_cond_t* c, pthread_mutex_t* m,
                           clockid_t clock, const timespec* until) {
  return Ours(c) ? rt::explorer::Wait(c, m, Deadline(clock, *until), RT_PC)
                 : hidden_clockwait(c, m, clock, until);
}

}  // extern "C"
