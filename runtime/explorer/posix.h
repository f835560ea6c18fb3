// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The C library's threads and what belongs to them, taken over.
//
// std::thread, std::mutex, std::condition_variable and their kin are thin
// layers over the functions of <pthread.h>, over futexes and the clocks of
// <time.h>. The posix_*.cc files define those functions for the whole program:
// called by the code under test, each is an operation of the explorer on its
// one kernel thread; called by anybody else, it is the C library's. So a
// thread of the code under test is a goroutine.
//
//   X1  What such an object knows, it keeps in its own memory, in the C
//       library's fields: constructing it anew is enough to make it new, and a
//       global one starts afresh like any global (globals.h).
//   X2  Each operation also counts as an atomic access to the object, so that
//       using one that nothing makes wait for its construction, or that is
//       gone, is found.
//   X3  A lock that belongs to a library (a static variable of its own, or a
//       mutex made by pthread_mutex_init before the execution) is the library's
//       business: it is taken and released for real. The code under test is
//       not stopped while it is held.
//   X4  Inside of rt::Blocking these may wait: they block a thread, and that
//       is what it is for.

#ifndef RUNTIME_EXPLORER_POSIX_H_
#define RUNTIME_EXPLORER_POSIX_H_

#include <dlfcn.h>
#include <time.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "runtime/explorer/engine.h"
#include "runtime/explorer/goroutine.h"
#include "runtime/explorer/mode.h"
#include "runtime/internal/host.h"
#include "runtime/internal/timer.h"

namespace rt::explorer {

// Where in the code under test the function was called that says so.
#define RT_PC __builtin_return_address(0)

inline bool InCodeUnderTest() { return mode == Mode::kUser; }

// The C library's function that one of ours takes the place of.
template <typename Function>
class Hidden {
 public:
  constexpr explicit Hidden(const char* name) : name_(name) {}

  template <typename... Arguments>
  auto operator()(Arguments... arguments) {
    Function* function = function_.load(std::memory_order_relaxed);
    if (function == nullptr) {
      EngineScope scope;
      function = reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name_));
      function_.store(function, std::memory_order_relaxed);
    }
    return function(arguments...);
  }

 private:
  const char* const name_;
  std::atomic<Function*> function_{nullptr};
};

// Whether a call of the code under test with this object is an operation (X3).
bool IsExplored(const void* object);

// X4, around what may wait.
class MayBlock {
 public:
  MayBlock()
      : goroutine_(*Engine::Active()->current()),
        blocking_(std::exchange(goroutine_.blocking, 0)) {}
  ~MayBlock() { goroutine_.blocking = blocking_; }
  MayBlock(const MayBlock&) = delete;
  MayBlock& operator=(const MayBlock&) = delete;

 private:
  Goroutine& goroutine_;
  const int blocking_;
};

// X2; between OpBegin and OpEnd. `destroys`: it is the last use, and nobody
// else's may be left without an order.
void Touch(const void* object, size_t size, bool destroys, const void* pc);

// Ends the execution: the standard says nothing of what happens now.
[[noreturn]] void Misuse(const std::string& what);

// Ends the execution with the verdict GRADER: `type` may be right, but is
// beyond the explorer. `instead` says what to use.
[[noreturn]] void RefuseType(const std::string& type,
                             const std::string& instead);

// Virtual time at which a wait ends.
inline constexpr int64_t kNever = INT64_MAX;
int64_t Deadline(clockid_t clock, const timespec& until);
timespec TimeOn(clockid_t clock);

// For a lock that is waited for until a time. When that has come, `rang` is
// true, and the waiting operation of the goroutine that made the alarm, which
// until then is that of waiting for ever, becomes `then`: an attempt. The
// ringing is an operation on the lock itself.
class Alarm : private internal::Timer {
 public:
  Alarm(const void* lock, int64_t deadline_ns, OpKind then);
  ~Alarm() { Stop(); }

  bool rang() const { return rang_; }
  void Stop();

 private:
  Goroutine& waits_;
  const OpKind then_;
  bool rang_ = false;
};

// Sleeps until woken from `key` or until the time has come; false if that came
// first. `purpose` says what it waits for.
bool SleepAt(const void* key, int64_t deadline_ns,
             const internal::host::Purpose* purpose);

// Wakes all who sleep at `key`, or one of them: which one, is explored. Returns
// how many. Within an operation that whoever goes to sleep there depends on.
int WakeAt(const void* key, bool all);

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_POSIX_H_
