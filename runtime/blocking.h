// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Blocking(f): calls f, which blocks its kernel thread (a read from a file, a
// wait for a child process), without stopping the other goroutines.
//
//   std::string line = rt::Blocking([] { return ReadLineFromTerminal(); });
//
// Threads: from a goroutine.
// Blocks:  the goroutine and its kernel thread. Its right to run goroutines
//          goes to another thread meanwhile.
// Rules:   f may do all that does not wait as a goroutine does: Go, Unlock,
//          Done, Close, a Send or Lock that need not wait, another Blocking.
//          What f returns or throws, Blocking returns or throws.
// Failure: whatever would wait or yield inside of f (a Recv of an empty
//          channel, Select, a Lock of a taken Mutex, Wait, Sleep, Gosched) is
//          fatal: the goroutine has given away what it would need to go on.
//          So is Blocking on a thread that runs no goroutine.
//
// Without it, a call that blocks is as bad as a loop: the goroutine keeps its
// right to run, and when others wait it is preempted after 10 ms, by a signal
// (SIGURG). What the call sees of that, once it is the goroutine's turn again:
//   * read, write, accept, connect, send, recv, wait, flock, and waits for
//     locks are begun anew by the kernel (SA_RESTART), and notice nothing;
//   * nanosleep, usleep, sleep, poll, select, epoll_wait, sigtimedwait, and
//     calls on a socket with a timeout (SO_RCVTIMEO) end too early, with EINTR
//     (sleep: with the seconds that are left). Call again, with what is left of
//     the time, as std::this_thread::sleep_for does by itself.
// Better than either: rt::Sleep, rt::net, or Blocking, which has no right to
// lose. Even there EINTR is possible, as in any program with signal handlers: a
// signal may come just when f begins, and a profile or a dump sends others.

#ifndef RUNTIME_BLOCKING_H_
#define RUNTIME_BLOCKING_H_

#include <functional>
#include <utility>

#include "runtime/internal/host.h"

namespace rt {

template <typename F>
decltype(auto) Blocking(F&& f) {
  struct Region {
    Region() { internal::host::EnterBlocking(); }
    ~Region() { internal::host::ExitBlocking(); }
  } region;
  return std::invoke(std::forward<F>(f));
}

}  // namespace rt

#endif  // RUNTIME_BLOCKING_H_
