// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// semaphore::Weighted: a number of tokens that goroutines take and give back,
// several at a time if they need more. As Go's golang.org/x/sync/semaphore.
//
//   rt::semaphore::Weighted memory(1 << 30);           // bytes
//   absl::Status taken = memory.Acquire(ctx, size);
//   if (!taken.ok()) return taken;                     // ctx is done
//   absl::Cleanup back = [&] { memory.Release(size); };
//
// For shares of different size. To let n goroutines in at a time, a Chan with
// capacity n does as well. Who takes all the tokens waits for everybody who
// has some.
//
// Threads:   every method from any goroutine at once; tokens belong to nobody
//            in particular, another goroutine may give them back.
// Blocks:    Acquire, the goroutine only.
// Ordering:  a Release happens before the return of each Acquire, or TryAcquire
//            that returns true, that gets tokens later.
// Fairness:  first come, first served. While somebody waits for many tokens
//            nobody gets few, though there are enough of them: else a stream of
//            small ones would keep a big one waiting for ever. TryAcquire fails
//            then, too.
// Tokens:    n >= 0; Panic "semaphore: negative weight" if not. For more than
//            there are an Acquire waits until its context is done, without
//            being in anybody's way.
// Failure:   Panic "semaphore: released more than held".
// Lifetime:  may be destroyed as soon as the last call has returned; the other
//            calls that its outcome depends on need not have. Not copyable.

#ifndef RUNTIME_SEMAPHORE_H_
#define RUNTIME_SEMAPHORE_H_

#include <cstdint>
#include <list>

#include "absl/base/thread_annotations.h"
#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "runtime/chan.h"
#include "runtime/context.h"
#include "runtime/mutex.h"

namespace rt::semaphore {

class Weighted {
 public:
  // With `size` tokens, all there.
  explicit Weighted(int64_t size) : size_(size) {}
  Weighted(const Weighted&) = delete;
  Weighted& operator=(const Weighted&) = delete;

  // Acquire: takes n tokens, as soon as they are there and it is the caller's
  // turn. If ctx is done first, or was before, takes none and returns
  // ctx.Err().
  [[nodiscard]] absl::Status Acquire(const Context& ctx, int64_t n);

  // The same, without an end to its patience.
  void Acquire(int64_t n);

  // TryAcquire: takes n tokens if that is possible at once.
  [[nodiscard]] bool TryAcquire(int64_t n);

  // Release: gives n tokens back.
  void Release(int64_t n);

 private:
  // Lies on the stack of the goroutine that waits.
  struct Waiter {
    const int64_t n;
    const Chan<bool> ready;           // Closed when it has its tokens.
    std::list<Waiter*>::iterator at;  // Guarded by mu_, as is the next.
    bool granted = false;             // No longer in waiters_.
  };
  using Granted = absl::InlinedVector<Chan<bool>, 4>;

  // True if n tokens can be taken at once.
  bool Take(int64_t n) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Gives tokens to those whose turn it is, and returns what the caller has to
  // Wake them by, when mu_ is free.
  [[nodiscard]] Granted Grant() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  static void Wake(const Granted& granted);
  absl::Status GiveUp(const Context& ctx, Waiter* self);

  const int64_t size_;
  Mutex mu_;
  int64_t taken_ ABSL_GUARDED_BY(mu_) = 0;
  std::list<Waiter*> waiters_ ABSL_GUARDED_BY(mu_);
};

}  // namespace rt::semaphore

#endif  // RUNTIME_SEMAPHORE_H_
