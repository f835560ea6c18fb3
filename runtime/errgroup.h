// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// errgroup::Group: goroutines that work on parts of one task, of which each may
// fail. As Go's golang.org/x/sync/errgroup.
//
//   auto [group, ctx] = rt::errgroup::WithContext(parent);
//   for (const Url& url : urls) {
//     group.Go([&url, ctx = ctx] { return Fetch(ctx, url); });
//   }
//   absl::Status status = group.Wait();        // the first failure, or OK
//
// The first function that returns an error ends the context, so that the others
// can stop early if they look at it; nobody stops them. Without a context the
// group is a WaitGroup that keeps the first error.
//
// Threads:   every method from any goroutine at once, but for SetLimit, which
//            must not come with a Go or TryGo. A Go for which nobody is waited
//            yet must happen before Wait.
// Blocks:    the goroutine only: Go, while as many functions run as the limit
//            allows; Wait, until all have returned.
// Ordering:  what a function did is visible after Wait; what one did that has
//            made room under a limit, to the one that took its place.
// Failure:   a Panic that leaves a function ends the program, there and then;
//            it is not kept for Wait. Goexit in a function counts as OK.
//            SetLimit while functions run under a limit: Panic.
// Lifetime:  may be destroyed as soon as Wait has returned. For one task: the
//            error and the end of the context stay. Not copyable.

#ifndef RUNTIME_ERRGROUP_H_
#define RUNTIME_ERRGROUP_H_

#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "runtime/chan.h"
#include "runtime/context.h"
#include "runtime/go.h"
#include "runtime/once.h"
#include "runtime/panic.h"
#include "runtime/select.h"
#include "runtime/waitgroup.h"

namespace rt::errgroup {

class Group {
 public:
  Group() = default;
  // `cancel` is called with the first error, and by Wait.
  explicit Group(CancelCauseFunc cancel) : cancel_(std::move(cancel)) {}
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

  // Go: runs f, which returns an absl::Status, in a new goroutine, as soon as
  // the limit allows.
  template <typename F>
  requires std::is_invocable_r_v<absl::Status, F>
  [[gnu::always_inline]] void Go(F f) {
    internal::MustNotBeNil(f);
    if (running_) running_.Send({});
    Start(std::move(f));
  }

  // TryGo: Go, if the limit allows that at once; whether it did.
  template <typename F>
  requires std::is_invocable_r_v<absl::Status, F>
  [[nodiscard, gnu::always_inline]] bool TryGo(F f) {
    internal::MustNotBeNil(f);
    if (running_ &&
        Select(OnSend(running_, std::monostate()), Default()) == 1) {
      return false;
    }
    Start(std::move(f));
    return true;
  }

  // Wait: until all functions have returned; then cancels the context. Returns
  // the first error.
  absl::Status Wait() {
    done_.Wait();
    cancel_(error_);
    return error_;
  }

  // SetLimit: at most n functions run at a time; negative: any number, as in
  // the beginning. With 0 none can start.
  void SetLimit(int n) {
    if (n < 0) {
      running_ = {};
      return;
    }
    if (int64_t active = running_.Len(); active != 0) {
      throw Panic("errgroup: modify limit while " + std::to_string(active) +
                  " goroutines in the group are still active");
    }
    running_ = MakeChan<std::monostate>(n);
  }

 private:
  using Slots = Chan<std::monostate>;

  // A place under the limit, from its start to its end, Goexit included.
  class Slot {
   public:
    explicit Slot(Slots running) : running_(std::move(running)) {}
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    ~Slot() {
      if (running_) running_.Recv();  // There is one: it does not wait.
    }

   private:
    const Slots running_;
  };

  template <typename F>
  [[gnu::always_inline]] void Start(F f) {
    done_.Go([this, running = running_, f = std::move(f)]() mutable {
      Slot slot(std::move(running));
      F call = std::move(f);  // What f holds is destroyed before there is room.
      absl::Status status = std::move(call)();
      if (!status.ok()) Fail(std::move(status));
    });
  }

  void Fail(absl::Status status) {
    failed_.Do([&] {
      error_ = std::move(status);
      cancel_(error_);
    });
  }

  CancelCauseFunc cancel_;
  Slots running_;  // Holds one value for each; nil: no limit.
  WaitGroup done_;
  Once failed_;
  absl::Status error_;  // Written in failed_.
};

struct [[nodiscard]] GroupAndContext {
  Group group;
  Context ctx;
};

// A group, and a context that ends with its first error or, at the latest, its
// Wait. rt::Cause(ctx) is that error.
inline GroupAndContext WithContext(const Context& parent) {
  ContextAndCancelCause made = WithCancelCause(parent);
  return {Group(std::move(made.cancel)), std::move(made.ctx)};
}

}  // namespace rt::errgroup

#endif  // RUNTIME_ERRGROUP_H_
