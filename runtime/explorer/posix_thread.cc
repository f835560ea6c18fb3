// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// pthread_t: std::thread and std::jthread. A thread of the code under test is a
// goroutine, and its pthread_t the goroutine's number.

#include <pthread.h>
#include <sched.h>
#include <sys/sysinfo.h>

#include <cerrno>
#include <cstddef>

#include "runtime/explorer/engine.h"
#include "runtime/explorer/globals.h"
#include "runtime/explorer/goroutine.h"
#include "runtime/explorer/library_code.h"
#include "runtime/explorer/posix.h"
#include "runtime/internal/host.h"

namespace rt::explorer {
namespace {

using internal::host::Op;
using internal::host::OpKind;

// Null if there is none of that number.
Goroutine* ThreadOf(pthread_t thread) {
  Engine& engine = *Engine::Active();
  if (thread == 0 || thread > engine.goroutine_count()) return nullptr;
  return &engine.goroutine(thread - 1);
}

int Create(pthread_t* thread, void* (*run)(void*), void* argument,
           const void* pc) {
  if (const std::string& name = ThreadLocalName(); !name.empty()) {
    RefuseType("the thread_local variable `" + name + "`",
               "all threads of a check would share it");
  }
  auto task = [run, argument] {
    void* result = run(argument);
    Goroutine& self = *Engine::Active()->current();
    self.result = result;
    Op op(OpKind::kThreadEnd, &self);
    internal::host::Release(&self);
  };
  Goroutine& g = Engine::Active()->Spawn(task, pc);
  g.is_thread = true;
  *thread = g.id;
  return 0;
}

int Join(pthread_t thread, void** result) {
  Goroutine* g = ThreadOf(thread);
  if (g == nullptr) return ESRCH;
  if (g == Engine::Active()->current()) return EDEADLK;
  if (g->released) {
    Misuse(Called(*g) + " is joined, but was joined or detached before");
  }
  MayBlock may_block;
  Op op(OpKind::kThreadJoin, g,
        [g] { return g->state == GoroutineState::kDead; });
  internal::host::Acquire(g);
  g->released = true;
  if (result != nullptr) *result = g->result;
  return 0;
}

int Detach(pthread_t thread) {
  Goroutine* g = ThreadOf(thread);
  if (g == nullptr) return ESRCH;
  if (g->released) {
    Misuse(Called(*g) + " is detached, but was joined or detached before");
  }
  g->released = true;
  return 0;
}

}  // namespace
}  // namespace rt::explorer

using rt::explorer::Engine;
using rt::explorer::Hidden;
using rt::explorer::InCodeUnderTest;

namespace {

constinit Hidden<int(pthread_t*, const pthread_attr_t*, void* (*)(void*),
                     void*)>
    hidden_create("pthread_create");
constinit Hidden<int(pthread_t, void**)> hidden_join("pthread_join");
constinit Hidden<int(pthread_t)> hidden_detach("pthread_detach");
constinit Hidden<pthread_t()> hidden_self("pthread_self");
constinit Hidden<int()> hidden_yield("sched_yield");
constinit Hidden<int()> hidden_nprocs("get_nprocs");

}  // namespace

extern "C" {

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                   void* (*run)(void*), void* argument) noexcept {
  return InCodeUnderTest() ? rt::explorer::Create(thread, run, argument, RT_PC)
                           : hidden_create(thread, attributes, run, argument);
}

int pthread_join(pthread_t thread, void** result) {
  return InCodeUnderTest() ? rt::explorer::Join(thread, result)
                           : hidden_join(thread, result);
}

int pthread_detach(pthread_t thread) noexcept {
  return InCodeUnderTest() ? rt::explorer::Detach(thread)
                           : hidden_detach(thread);
}

pthread_t pthread_self() noexcept {
  return InCodeUnderTest() ? Engine::Active()->current()->id : hidden_self();
}

// The library yields a few times before it sleeps at a std::atomic, which
// changes nothing here.
int sched_yield() noexcept {
  if (!InCodeUnderTest()) return hidden_yield();
  if (!rt::explorer::InLibrarySpin()) {
    rt::explorer::MayBlock may_block;
    rt::internal::host::Yield();
  }
  return 0;
}

// std::thread::hardware_concurrency: the same on every machine.
int get_nprocs() noexcept {
  return InCodeUnderTest() ? rt::internal::host::MaxProcs(0) : hidden_nprocs();
}

}  // extern "C"
