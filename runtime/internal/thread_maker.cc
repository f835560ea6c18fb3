// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/thread_maker.h"

#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <string>

#include "runtime/internal/death.h"
#include "runtime/internal/m.h"
#include "runtime/internal/sched.h"

namespace rt::internal {
namespace {

void* RunM(void* arg) {
  auto* m = static_cast<M*>(arg);
  Scheduler* scheduler = m->scheduler;
  pthread_sigmask(SIG_SETMASK, &scheduler->signal_mask, nullptr);
  pthread_setname_np(pthread_self(), ("rt-m" + std::to_string(m->id)).c_str());
  scheduler->TakeAssignment(m);
  scheduler->Loop(m);
  // Release: what this thread did comes before the end of Run.
  scheduler->stopped_ms.fetch_add(1, std::memory_order_release);
  scheduler->stopped.Wake();
  return nullptr;
}

}  // namespace

pthread_t StartHelper(const char* name, void* arg, void* (*run)(void*)) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  int error = pthread_create(&thread, nullptr, run, arg);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (error != 0) DieOfThreads(1, error);
  pthread_setname_np(thread, name);
  return thread;
}

void DieOfThreads(int have, int error) {
  DieHere("runtime: failed to create new OS thread (have " +
          std::to_string(have) + " already; errno=" + std::to_string(error) +
          ")\n"
          "runtime: may need to increase max user processes (ulimit -u)\n"
          "fatal error: newosproc");
}

void ThreadMaker::Start() {
  thread_ = StartHelper("rt-maker", this, [](void* self) -> void* {
    static_cast<ThreadMaker*>(self)->Serve();
    return nullptr;
  });
}

void ThreadMaker::Stop() {
  stop_.store(true, std::memory_order_release);
  parker_.Wake();
  pthread_join(thread_, nullptr);
}

void ThreadMaker::Make(M* m) {
  m->idle_next = wanted_.load(std::memory_order_relaxed);
  // Release: publishes m.
  while (!wanted_.compare_exchange_weak(
      m->idle_next, m, std::memory_order_release, std::memory_order_relaxed)) {
  }
  parker_.Wake();
}

void ThreadMaker::Serve() {
  for (;;) {
    // Before the look: Make is not called after Stop.
    bool stop = stop_.load(std::memory_order_acquire);
    M* m = wanted_.exchange(nullptr, std::memory_order_acquire);
    if (m == nullptr && stop) return;
    while (m != nullptr) {
      M* next = m->idle_next;  // Its own, once it has a thread.
      int error = pthread_create(&m->thread, nullptr, RunM, m);
      if (error != 0) scheduler_->CannotStart(m, error);
      m = next;
    }
    if (!stop) parker_.Sleep(ThreadParker::kNoDeadline);
  }
}

}  // namespace rt::internal
