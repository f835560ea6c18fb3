// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Context: tells goroutines to stop, as Go's context.Context; carries deadlines
// and values from call to call.
//
//   auto [ctx, cancel] = rt::WithTimeout(parent, absl::Seconds(1));
//   absl::Cleanup stop = cancel;               // defer cancel()
//   rt::Select(rt::OnRecv(answers, Use),
//              rt::OnRecv(ctx.Done(), [&] { Report(rt::Cause(ctx)); }));
//
//   void Search(const rt::Context& ctx, const Board& board) {
//     if (!ctx.Err().ok()) return;             // now and then
//     ...
//   }
//
// Contexts form a tree: one that is made from another is done when it is
// cancelled, when its deadline has passed, or when its parent is done. Being
// done is asked, not forced: whoever gets a context looks at it.
//
// A Context is a handle: copies share what it stands for, and it is immutable
// but for becoming done, once. Pass it as the first parameter. Call what
// cancels it as soon as the work is over, also if nobody else waits: until
// then, or its end, the parent has one more child, and a deadline its timer.
// (If all handles go without a call, it goes, too, unless a function waits for
// it: AfterFunc.)
//
// Threads:   everything from any goroutine and any thread, at once.
// Blocks:    never; to wait, receive from Done.
// Ordering:  the call that cancels happens before a receive from Done that
//            tells it, an Err or Cause that is not OK, and the call of an
//            AfterFunc.
// Cancelling: from the context down, siblings in the order in which they were
//            made; when the call returns, all of them are done. The first
//            reason stays: what comes later changes neither Err nor Cause.
// Clang before 16: a lambda cannot capture names of [ctx, cancel] as they are;
//            write [ctx = ctx].

#ifndef RUNTIME_CONTEXT_H_
#define RUNTIME_CONTEXT_H_

#include <iosfwd>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "runtime/go.h"
#include "runtime/internal/context_core.h"
#include "runtime/internal/context_step.h"
#include "runtime/internal/host.h"

namespace rt {

// Nothing is ever sent to it; it is closed.
using DoneChan = internal::DoneChan;

// What a value of type T is kept under. A key is told by its address, so it is
// a constant that lives as long as the program:
//
//   inline constexpr rt::ContextKey<User> kUser;
//   rt::Context ctx = rt::WithValue(parent, kUser, user);
//   const User* user = ctx.Value(kUser);
//
// For what belongs to a request and passes through functions that do not care:
// not for arguments.
template <typename T>
class ContextKey {
 public:
  constexpr ContextKey() = default;
  ContextKey(const ContextKey&) = delete;
  ContextKey& operator=(const ContextKey&) = delete;
};

class Context {
 public:
  // Background: never done, no deadline, no values.
  Context() = default;

  // Closed when this context is done; the nil channel if it never will be. The
  // channel is a handle, too.
  const DoneChan& Done() const { return done_; }

  // OK until it is done; then why: absl::StatusCode::kCancelled, "context
  // canceled", or kDeadlineExceeded, "context deadline exceeded". Inlined, so
  // that a report names the line of the program.
  [[gnu::always_inline]] absl::Status Err() const {
    const internal::ContextCore* core = internal::ContextCore::Of(done_);
    if (core == nullptr) return absl::OkStatus();
    return core->Err(internal::host::Here());
  }

  // When it will be done at the latest; absl::InfiniteFuture() if that is open.
  absl::Time Deadline() const;

  // What WithValue has kept under `key`, for this context or the nearest
  // ancestor that has it; null if none does. It lives as long as the context.
  template <typename T>
  const T* Value(const ContextKey<T>& key) const {
    using internal::ContextStep;
    using Found = internal::ContextValue<ContextKey<T>, T>;
    const ContextStep* found = ContextStep::Find(steps_.get(), &key);
    if (found == nullptr) return nullptr;
    return &static_cast<const Found*>(found)->value;
  }

  // How it was made, as Go prints it:
  //   context.Background.WithCancel.WithValue(rt::ContextKey<int>, int)
  // Of a value: its String(), itself if it is a string, else its type. Of a
  // deadline: the time, in UTC, and how long it is until then.
  std::string String() const {
    return internal::ContextStep::Text(steps_.get());
  }

  // For the runtime.
  Context(DoneChan done, internal::ContextStepRef steps)
      : done_(std::move(done)), steps_(std::move(steps)) {}
  const internal::ContextStepRef& steps() const { return steps_; }

 private:
  DoneChan done_;
  internal::ContextStepRef steps_;
};

std::ostream& operator<<(std::ostream& os, const Context& ctx);

// Cancels a context. Copies do the same; calls after the first do nothing, nor
// does one that was made by `CancelFunc{}`.
class CancelFunc {
 public:
  CancelFunc() = default;
  explicit CancelFunc(DoneChan done) : done_(std::move(done)) {}
  void operator()() const;

 private:
  DoneChan done_;
};

// The same, and says why: rt::Cause. OK stands for "context canceled".
class CancelCauseFunc {
 public:
  CancelCauseFunc() = default;
  explicit CancelCauseFunc(DoneChan done) : done_(std::move(done)) {}
  void operator()(const absl::Status& cause) const;

 private:
  DoneChan done_;
};

// Keeps the function of an AfterFunc from being called. True if this call did
// that; false if the function has been called, it may be running, or was
// stopped before. Does not wait for it.
class StopFunc {
 public:
  StopFunc() = default;
  StopFunc(DoneChan done, internal::ContextFuncRef func)
      : done_(std::move(done)), func_(std::move(func)) {}
  bool operator()() const;

 private:
  DoneChan done_;
  internal::ContextFuncRef func_;
};

struct [[nodiscard]] ContextAndCancel {
  Context ctx;
  CancelFunc cancel;
};

struct [[nodiscard]] ContextAndCancelCause {
  Context ctx;
  CancelCauseFunc cancel;
};

// The root of every tree: never done.
[[nodiscard]] inline Context Background() { return Context(); }

// The same, where it is not clear yet which context to use.
[[nodiscard]] Context TODO();

// A context that `cancel` cancels.
ContextAndCancel WithCancel(const Context& parent);
ContextAndCancelCause WithCancelCause(const Context& parent);

// One that ends at a time, on the clock of rt::Now(), or after a while; from
// the start if that is over. An ancestor's earlier deadline stays. `cause`: if
// the deadline ends it.
ContextAndCancel WithDeadline(const Context& parent, absl::Time deadline);
ContextAndCancel WithTimeout(const Context& parent, absl::Duration timeout);
ContextAndCancel WithDeadlineCause(const Context& parent, absl::Time deadline,
                                   const absl::Status& cause);
ContextAndCancel WithTimeoutCause(const Context& parent, absl::Duration timeout,
                                  const absl::Status& cause);

// One with the parent's values that is never done.
[[nodiscard]] Context WithoutCancel(const Context& parent);

// The parent with one more value.
template <typename T>
[[nodiscard]] Context WithValue(const Context& parent, const ContextKey<T>& key,
                                std::type_identity_t<T> value) {
  internal::ContextStepRef next = parent.steps();
  internal::ContextStepRef steps(new internal::ContextValue<ContextKey<T>, T>(
      &key, next.Release(), std::move(value)));
  return Context(parent.Done(), std::move(steps));
}

// Why it was cancelled, by whoever was first; Err() if nobody gave a reason,
// and OK until it is done.
[[nodiscard]] absl::Status Cause(const Context& ctx);

namespace internal {
// Not inlined, so that its return address is in the caller of AfterFunc.
[[gnu::noinline]] StopFunc StartContextFunc(const Context& ctx,
                                            absl::AnyInvocable<void() &&> f);
}  // namespace internal

// Calls f, in a goroutine of its own, when ctx is done: at once if it is. Until
// then, or its stop, f and ctx are kept. No function is fatal, as for Go.
template <typename F>
requires std::is_invocable_v<std::decay_t<F>>
[[gnu::always_inline]] inline StopFunc AfterFunc(const Context& ctx, F&& f) {
  internal::MustNotBeNil(f);
  return internal::StartContextFunc(
      ctx, [f = std::decay_t<F>(std::forward<F>(f))]() mutable {
        static_cast<void>(std::move(f)());
      });
}

}  // namespace rt

#endif  // RUNTIME_CONTEXT_H_
