// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// WaitGroup: waiting until a number of things are done, as Go's sync.WaitGroup.
//
//   rt::WaitGroup wg;
//   for (const Job& job : jobs) wg.Go([&job] { job.Run(); });
//   wg.Wait();
//
// Threads:   every method from any goroutine at once; Add and Done also from a
//            plain thread. An Add that raises the counter from 0 must happen
//            before Wait: call it before the `rt::Go`, not inside.
// Blocks:    Wait, the goroutine only, until the counter is 0.
// Ordering:  what a goroutine did before Done is visible after the Wait which
//            that Done released.
// Failure:   Panic when the counter becomes negative, when Add comes while Wait
//            is being released, and when the group is used again before every
//            Wait has returned.
// Lifetime:  may be destroyed as soon as the last Wait has returned, even if
//            the last Done has not. Not copyable: a copy would count for
//            itself.

#ifndef RUNTIME_WAITGROUP_H_
#define RUNTIME_WAITGROUP_H_

#include <atomic>
#include <cstdint>
#include <exception>
#include <utility>

#include "runtime/go.h"
#include "runtime/internal/host.h"

namespace rt {

class WaitGroup {
 public:
  constexpr WaitGroup() = default;
  WaitGroup(const WaitGroup&) = delete;
  WaitGroup& operator=(const WaitGroup&) = delete;

  // Add: adds `delta`, which may be negative, to the counter.
  void Add(int delta) {
    using internal::host::OpKind;
    internal::host::Op op(delta >= 0    ? OpKind::kWaitGroupAdd
                          : delta == -1 ? OpKind::kWaitGroupDone
                                        : OpKind::kWaitGroupSubtract,
                          this);
    if (delta < 0) internal::host::Release(this);
    uint64_t change = static_cast<uint64_t>(static_cast<int64_t>(delta)) << 32;
    // Acquire-release: whoever brings the counter to 0 hands on what all the
    // others did before. *this may be gone after this line, unless somebody
    // waits or the counter is not 0.
    uint64_t state =
        state_.fetch_add(change, std::memory_order_acq_rel) + change;
    if (Count(state) > 0 && Waiters(state) == 0) return;
    if (state != 0) AddSlow(state, delta);
  }

  // Done: one is done.
  void Done() { Add(-1); }

  // Wait: returns once the counter is 0.
  void Wait() {
    internal::host::Op op(internal::host::OpKind::kWaitGroupWait, this, [this] {
      return Count(state_.load(std::memory_order_relaxed)) == 0;
    });
    // Acquire: pairs with the release in Add.
    if (Count(state_.load(std::memory_order_acquire)) != 0) WaitSlow();
    internal::host::Acquire(this);
  }

  // Go: runs f in a new goroutine and counts it, from now until f returns or
  // calls Goexit. Not for a Panic: it ends the program, which those that wait
  // must not race with.
  template <typename F>
  [[gnu::always_inline]] void Go(F f) {
    internal::MustNotBeNil(f);
    Add(1);
    rt::Go([this, f = std::move(f)]() mutable {
      DoneAtEnd done(this);
      F call = std::move(f);  // What f holds is destroyed before Done.
      static_cast<void>(std::move(call)());
    });
  }

 private:
  class DoneAtEnd {
   public:
    explicit DoneAtEnd(WaitGroup* group) : group_(group) {}
    ~DoneAtEnd() noexcept(false) {
      // A handler that passes Goexit on with `throw;` counts it as uncaught.
      if (std::uncaught_exceptions() == 0 ||
          internal::host::CurrentG()->exiting) {
        group_->Done();
      }
    }
    DoneAtEnd(const DoneAtEnd&) = delete;
    DoneAtEnd& operator=(const DoneAtEnd&) = delete;

   private:
    WaitGroup* const group_;
  };

  // The word: the counter in the upper half, and in the lower one whether
  // somebody waits.
  static int32_t Count(uint64_t state) {
    return static_cast<int32_t>(state >> 32);
  }
  static uint32_t Waiters(uint64_t state) {
    return static_cast<uint32_t>(state);
  }

  void AddSlow(uint64_t state, int delta);
  void WaitSlow();

  std::atomic<uint64_t> state_{0};
};

}  // namespace rt

#endif  // RUNTIME_WAITGROUP_H_
