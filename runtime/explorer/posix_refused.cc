// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What would block or split the one kernel thread, and is not explored: refused
// by name when the code under test first calls it.

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <time.h>

#include <cstddef>

#include "runtime/explorer/posix.h"

namespace {

using rt::explorer::Hidden;
using rt::explorer::InCodeUnderTest;
using rt::explorer::RefuseType;

}  // namespace

// Defines NAME with the parameters and arguments given.
#define RT_REFUSED(RESULT, NAME, PARAMETERS, ARGUMENTS, TYPE, INSTEAD) \
  extern "C" RESULT NAME PARAMETERS {                                  \
    static constinit Hidden<RESULT PARAMETERS> hidden(#NAME);          \
    if (InCodeUnderTest()) RefuseType(TYPE, INSTEAD);                  \
    return hidden ARGUMENTS;                                           \
  }

RT_REFUSED(int, sem_wait, (sem_t * s), (s), "a sem_t (sem_wait)",
           "use std::counting_semaphore")
RT_REFUSED(int, sem_trywait, (sem_t * s) noexcept, (s), "a sem_t (sem_trywait)",
           "use std::counting_semaphore")
RT_REFUSED(int, sem_post, (sem_t * s) noexcept, (s), "a sem_t (sem_post)",
           "use std::counting_semaphore")
RT_REFUSED(int, sem_timedwait, (sem_t * s, const timespec* until), (s, until),
           "a sem_t (sem_timedwait)", "use std::counting_semaphore")
RT_REFUSED(int, sem_clockwait,
           (sem_t * s, clockid_t clock, const timespec* until),
           (s, clock, until), "a sem_t (sem_clockwait)",
           "use std::counting_semaphore")

RT_REFUSED(int, pthread_barrier_wait, (pthread_barrier_t * b) noexcept, (b),
           "a pthread_barrier_t", "use std::barrier")
RT_REFUSED(int, pthread_spin_lock, (pthread_spinlock_t * s) noexcept, (s),
           "a pthread_spinlock_t", "use std::mutex or std::atomic_flag")
RT_REFUSED(int, pthread_spin_trylock, (pthread_spinlock_t * s) noexcept, (s),
           "a pthread_spinlock_t", "use std::mutex or std::atomic_flag")

RT_REFUSED(int, pthread_tryjoin_np, (pthread_t t, void** result) noexcept,
           (t, result), "pthread_tryjoin_np", "use std::thread::join")
RT_REFUSED(int, pthread_timedjoin_np,
           (pthread_t t, void** result, const timespec* until),
           (t, result, until), "pthread_timedjoin_np", "use std::thread::join")
RT_REFUSED(int, pthread_clockjoin_np,
           (pthread_t t, void** result, clockid_t clock, const timespec* until),
           (t, result, clock, until), "pthread_clockjoin_np",
           "use std::thread::join")
RT_REFUSED(int, pthread_cancel, (pthread_t t), (t), "pthread_cancel",
           "use std::jthread and its std::stop_token")
RT_REFUSED(int, pthread_kill, (pthread_t t, int signal) noexcept, (t, signal),
           "pthread_kill", "threads here are not the kernel's")
RT_REFUSED(int, pthread_setname_np, (pthread_t t, const char* name) noexcept,
           (t, name), "pthread_setname_np", "threads here are not the kernel's")
RT_REFUSED(int, pthread_setaffinity_np,
           (pthread_t t, size_t size, const cpu_set_t* cpus) noexcept,
           (t, size, cpus), "pthread_setaffinity_np",
           "threads here are not the kernel's")
RT_REFUSED(pid_t, fork, () noexcept, (), "fork",
           "the other process would not be the explorer's")

extern "C" void pthread_exit(void* result) {
  static constinit Hidden<void(void*)> hidden("pthread_exit");
  if (InCodeUnderTest()) {
    RefuseType("pthread_exit", "return from the thread's function");
  }
  hidden(result);
  abort();  // It does not return.
}

// thread_local variables with a destructor; others are found when the first
// thread starts (posix_thread.cc). Threads share them here.
extern "C" int __cxa_thread_atexit(void (*destroy)(void*), void* object,
                                   void* library) noexcept {
  static constinit Hidden<int(void (*)(void*), void*, void*)> hidden(
      "__cxa_thread_atexit");
  if (InCodeUnderTest()) {
    RefuseType("a thread_local variable with a destructor",
               "all threads of a check would share it");
  }
  return hidden(destroy, object, library);
}

// absl::Mutex waits inside a compiled library, which tells nobody. Its
// constructor in the code under test calls the first of these; one that was
// constructed before is met in the others, which the linker puts in the place
// of its own (BUILD).
extern "C" void __tsan_mutex_create(void*, unsigned) {
  if (InCodeUnderTest()) {
    RefuseType("absl::Mutex", "use std::mutex or rt::Mutex");
  }
}
extern "C" void __tsan_mutex_destroy(void*, unsigned) {}

// Whatever they take, all of it is in registers.
#define RT_ABSL_MUTEX(NAMESPACE, METHOD)                                    \
  extern "C" [[gnu::weak]] long __real__ZN4absl##NAMESPACE##5Mutex##METHOD( \
      void*, const void*, long, long);                                      \
  extern "C" long __wrap__ZN4absl##NAMESPACE##5Mutex##METHOD(               \
      void* mutex, const void* condition, long timeout, long exclusive) {   \
    __tsan_mutex_create(mutex, 0);                                          \
    return __real__ZN4absl##NAMESPACE##5Mutex##METHOD(mutex, condition,     \
                                                      timeout, exclusive);  \
  }

#define RT_ABSL_MUTEXES(NAMESPACE)                      \
  RT_ABSL_MUTEX(NAMESPACE, 4LockEv)                     \
  RT_ABSL_MUTEX(NAMESPACE, 7TryLockEv)                  \
  RT_ABSL_MUTEX(NAMESPACE, 10ReaderLockEv)              \
  RT_ABSL_MUTEX(NAMESPACE, 13ReaderTryLockEv)           \
  RT_ABSL_MUTEX(NAMESPACE, 4lockEv)                     \
  RT_ABSL_MUTEX(NAMESPACE, 8try_lockEv)                 \
  RT_ABSL_MUTEX(NAMESPACE, 11lock_sharedEv)             \
  RT_ABSL_MUTEX(NAMESPACE, 15try_lock_sharedEv)         \
  RT_ABSL_MUTEX(NAMESPACE, 8LockWhenERKNS0_9ConditionE) \
  RT_ABSL_MUTEX(                                        \
      NAMESPACE,                                        \
      14LockWhenCommonERKNS0_9ConditionENS0_24synchronization_internal13KernelTimeoutEb)

RT_ABSL_MUTEXES(7debian3)
RT_ABSL_MUTEXES(7debian4)
RT_ABSL_MUTEXES(7debian5)
RT_ABSL_MUTEXES(7debian6)
RT_ABSL_MUTEXES(7debian7)
RT_ABSL_MUTEXES(7debian8)
RT_ABSL_MUTEXES(7debian9)
RT_ABSL_MUTEXES(8debian10)
RT_ABSL_MUTEXES(8debian11)
RT_ABSL_MUTEXES(8debian12)
RT_ABSL_MUTEXES(8debian13)
RT_ABSL_MUTEXES(8debian14)
RT_ABSL_MUTEXES(8debian15)
RT_ABSL_MUTEXES(8debian16)
RT_ABSL_MUTEXES(8debian17)
RT_ABSL_MUTEXES(8debian18)
RT_ABSL_MUTEXES(8debian19)
RT_ABSL_MUTEXES(8debian20)
RT_ABSL_MUTEXES(12lts_20230802)
RT_ABSL_MUTEXES(12lts_20240116)
RT_ABSL_MUTEXES(12lts_20240722)
RT_ABSL_MUTEXES(12lts_20250127)
RT_ABSL_MUTEXES(12lts_20250512)
RT_ABSL_MUTEXES(12lts_20250814)
RT_ABSL_MUTEXES(12lts_20260107)
RT_ABSL_MUTEXES(12lts_20260526)
