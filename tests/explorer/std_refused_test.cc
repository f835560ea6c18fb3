// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What the explorer refuses by name, at its first use.

#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "gtest/gtest.h"
#include "tests/explorer/std_case.h"

// Newer versions have other names for what older ones have, too.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace rt::explorer {
namespace {

ABSL_CONST_INIT absl::Mutex constant_mu(absl::kConstInit);
absl::Mutex constructed_mu;

// Calls `f` on a thread.
template <typename F>
void OnAThread(F f) {
  std::thread t(f);
  t.join();
}

#define SAYS(TYPE) Verdict::kGrader, 0, TYPE " cannot be explored here"

const StdCase kRefused[] = {
    {"AbslMutex", [] { [[maybe_unused]] absl::Mutex mu; }, SAYS("absl::Mutex"),
     "absl::Mutex mu;"},
    {"AbslMutexLockOfAConstant",
     [] {
       absl::MutexLock lock(&constant_mu);
       EXPECT_TRUE(true);
     },
     SAYS("absl::Mutex"), "absl::MutexLock lock(&constant_mu);"},
    {"AbslMutexLockOfAGlobal", [] { constructed_mu.Lock(); },
     SAYS("absl::Mutex"), "constructed_mu.Lock();"},
    {"AbslMutexTryLock",
     [] {
       if (constructed_mu.TryLock()) constructed_mu.Unlock();
     },
     SAYS("absl::Mutex"), "constructed_mu.TryLock()"},
    {"AbslMutexReaderLock", [] { constructed_mu.ReaderLock(); },
     SAYS("absl::Mutex"), "constructed_mu.ReaderLock();"},
    {"AbslMutexLockWhen",
     [] { constructed_mu.LockWhen(absl::Condition::kTrue); },
     SAYS("absl::Mutex"), "constructed_mu.LockWhen("},
    {"AbslBlockingCounter",
     [] {
       absl::BlockingCounter counter(1);
       counter.DecrementCount();
       counter.Wait();
     },
     SAYS("absl::Mutex"), "counter.DecrementCount();"},
    {"Semaphore",
     [] {
       sem_t s;
       sem_init(&s, 0, 1);
       sem_wait(&s);
     },
     SAYS("a sem_t (sem_wait)"), "sem_wait(&s);"},
    {"Barrier",
     [] {
       pthread_barrier_t b;
       pthread_barrier_init(&b, nullptr, 1);
       pthread_barrier_wait(&b);
     },
     SAYS("a pthread_barrier_t"), "pthread_barrier_wait(&b);"},
    {"SpinLock",
     [] {
       pthread_spinlock_t s;
       pthread_spin_init(&s, 0);
       pthread_spin_lock(&s);
     },
     SAYS("a pthread_spinlock_t"), "pthread_spin_lock(&s);"},
    {"RobustMutex",
     [] {
       pthread_mutexattr_t attributes;
       pthread_mutexattr_init(&attributes);
       pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
       pthread_mutex_t mu;
       pthread_mutex_init(&mu, &attributes);
       pthread_mutex_lock(&mu);
     },
     SAYS("a pthread_mutex_t with attributes (robust, shared between "
          "processes, of priority protocols)"),
     "pthread_mutex_lock(&mu);"},
    {"Exit", [] { OnAThread([] { pthread_exit(nullptr); }); },
     SAYS("pthread_exit"), "pthread_exit(nullptr);"},
    {"Cancel", [] { pthread_cancel(pthread_self()); }, SAYS("pthread_cancel"),
     "pthread_cancel(pthread_self());"},
    {"SetName",
     [] {
       std::thread t([] {});
       pthread_setname_np(t.native_handle(), "t");
     },
     SAYS("pthread_setname_np"), "pthread_setname_np(t.native_handle()"},
    {"Fork", [] { fork(); }, SAYS("fork"), "fork();"},
};
INSTANTIATE_TEST_SUITE_P(Refused, StdTest, testing::ValuesIn(kRefused),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace rt::explorer
