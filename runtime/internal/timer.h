// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Timer: a call that the host makes at a time.
//
// A Timer lies in its owner (a time channel, a connection's deadline), so
// arming one allocates nothing. host::StartTimer arms it and host::StopTimer
// disarms it, both at any time and from any thread, but not from the timer's
// own call.
//
// `fire` runs on the scheduler's stack: it must not park, wait, allocate or
// throw. It may make goroutines ready, send to a channel that has room, start
// goroutines, and start and stop other timers. Calls for one timer never
// overlap.
//
// Life:      the owner calls StopTimer before it destroys the Timer, also if it
//            knows that the call has been made: the host may not be done yet.
//            Once StopTimer has returned, the call neither runs nor will run.
// Locks:     whoever calls StartTimer or StopTimer holds no lock that `fire`
//            takes: they wait for a call that is going on.
// Ordering:  StartTimer happens before the call that it leads to.

#ifndef RUNTIME_INTERNAL_TIMER_H_
#define RUNTIME_INTERNAL_TIMER_H_

#include <atomic>
#include <cstdint>

namespace rt::internal {

struct Timer {
  // `now_ns` is the host's clock, not before the time that was asked for.
  using Fire = void (*)(Timer* timer, int64_t now_ns);

  // Whether a call would change nothing that anybody waits for: then the timer
  // alone does not keep a program alive. Takes no lock.
  using Idle = bool (*)(const Timer* timer);

  explicit Timer(Fire fire, Idle idle = nullptr) : fire(fire), idle(idle) {}
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  const Fire fire;
  const Idle idle;  // Null: never.

  // What the call changes: the explorer takes the call for an operation on it.
  // Constant once the timer has been armed.
  const void* object = this;

  // The host's. In production `home` is the heap that the timer is in, or was
  // in when its call began; null when neither. That heap's lock guards the
  // rest. In the explorer it is the timer's line of steps.
  static constexpr uint32_t kNotQueued = ~uint32_t{0};
  std::atomic<void*> home{nullptr};
  uint32_t position = kNotQueued;  // In the heap.
  bool firing = false;             // The call is going on.
  int64_t period_ns = 0;           // 0: once.
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_TIMER_H_
