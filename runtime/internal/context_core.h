// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What is behind rt::Context: ContextCore, which can be cancelled, and
// ContextFunc, a function that is called when one is. (What one carries is in
// context_step.h.)
//
// A core belongs to its Done channel, which is what handles count: contexts,
// cancel functions, and whoever kept nothing but the channel. It keeps its
// parent, which only knows it.
//
// Invariants (hold whenever mu_ is free):
//   X1  cancelled_ never becomes false. Once it is true, nobody is registered
//       any more, and error_ and cause_ do not change.
//   X2  the channel is closed => cancelled_. Closed is what "done" means: Err
//       and Cause look at that.
//   X3  a child is on its parent's list from its registration until it and all
//       below it are closed, or it has no handle left.
//   X4  a function is on the list until the core is cancelled or it is stopped,
//       and so long it keeps the core.
//   X5  a core with a deadline of its own that is not cancelled has its timer
//       set. The timer does not keep it.
//
// Cancelling goes down the tree, one lock at a time, and takes each child off
// its parent's list on the way back. A second call does not return before the
// whole tree is closed either: it does what is left of the same.

#ifndef RUNTIME_INTERNAL_CONTEXT_CORE_H_
#define RUNTIME_INTERNAL_CONTEXT_CORE_H_

#include <atomic>
#include <cstdint>
#include <utility>
#include <variant>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "runtime/chan.h"
#include "runtime/internal/context_step.h"
#include "runtime/internal/raw_mutex.h"
#include "runtime/internal/timer.h"

namespace rt::internal {

// Nothing is ever sent; it is closed.
using DoneChan = RecvChan<std::monostate>;

// A place on a list that does not own what is on it.
struct ContextLink {
  ContextLink* next = nullptr;
  ContextLink* prev = nullptr;
  bool listed = false;
};

class ContextList {
 public:
  ContextLink* first() const { return first_; }
  void PushBack(ContextLink* link);
  // False if it is not listed.
  bool Remove(ContextLink* link);

 private:
  ContextLink* first_ = nullptr;
  ContextLink* last_ = nullptr;
};

enum class ContextError : uint8_t { kNone, kCanceled, kDeadlineExceeded };

// Go's words.
absl::Status ToStatus(ContextError error);

class ContextFunc;

// Threads: all from any goroutine and any thread, by who has a handle.
class ContextCore final : private Timer,
                          private ChanOwner,
                          private ContextLink {
 public:
  // A child of `parent`, or of nobody if that is nil, with a deadline besides
  // the parent's. If either is over, it is cancelled from the start. `cause`:
  // if the deadline passes, or OK.
  static DoneChan New(const DoneChan& parent, absl::Time deadline,
                      const absl::Status& cause, const void* created_by_pc);

  // Null for the nil channel.
  static ContextCore* Of(const DoneChan& done) { return Of(done.core()); }

  // Whether the channel is some context's Done.
  static bool IsDoneChan(const void* chan);

  // The first call decides; an OK cause means the error itself.
  void Cancel(ContextError error, const absl::Status& cause);

  // OK as long as it is not done. `pc`: as for host::OnlyLooked.
  absl::Status Err(const void* pc) const;
  absl::Status Cause() const;

  // The earliest of its own and its ancestors'.
  absl::Time deadline() const { return deadline_; }

  // Registers a function; false if the core is cancelled already.
  bool Add(ContextFunc* func);
  // Whether that kept the function from being called.
  bool Remove(ContextFunc* func);

 private:
  ContextCore(ChanCore* parent, absl::Time deadline, const absl::Status& cause,
              const void* created_by_pc);

  static ContextCore* Of(ChanCore* done);
  static void Fire(Timer* timer, int64_t now_ns);
  static ChanCore* Abandoned(ChanOwner* owner);

  bool IsDone() const { return ChanCore::IsClosed(chan_); }
  // Makes it cancelled, and done, without anybody below it. Returns the first
  // child that is to be cancelled, with a handle, or null.
  [[nodiscard]] ContextCore* CancelOne(ContextError error,
                                       const absl::Status& cause);
  void CancelNew(ContextError error, const absl::Status& cause);
  void SetCancelled(ContextError error, const absl::Status& cause)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Takes `done` off the list; then as CancelOne.
  [[nodiscard]] ContextCore* NextChild(ContextCore* done);
  ContextCore* HoldFirstChild() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void SetTimer();

  // Constant after construction.
  ChanCore* const chan_;
  ChanCore* const parent_;  // A handle, or null.
  const absl::Time deadline_;
  const absl::Status deadline_cause_;
  const void* const created_by_pc_;

  mutable RawMutex mu_{LockRank::kContext};
  bool cancelled_ ABSL_GUARDED_BY(mu_) = false;
  ContextList children_ ABSL_GUARDED_BY(mu_);
  ContextList funcs_ ABSL_GUARDED_BY(mu_);
  // Written under mu_ before the channel is closed, and read after that.
  ContextError error_ = ContextError::kNone;
  absl::Status cause_;
};

// Counted: by handles, and by being on a list.
class ContextFunc final : private ContextLink {
 public:
  // With one handle. Nil: it is never called.
  static ContextFunc* New(const DoneChan& done, absl::AnyInvocable<void() &&> f,
                          const void* created_by_pc);

  // True if that kept the function from being called. `done`: as in New.
  bool Stop(const DoneChan& done);

  // Null is allowed.
  static void AddRef(ContextFunc* func);
  static void Unref(ContextFunc* func);

 private:
  friend class ContextCore;

  ContextFunc(absl::AnyInvocable<void() &&> f, const void* created_by_pc)
      : f_(std::move(f)), created_by_pc_(created_by_pc) {}

  // In a goroutine of its own.
  void Call();

  absl::AnyInvocable<void() &&> f_;  // Until it is called or stopped.
  const void* const created_by_pc_;
  std::atomic<bool> stopped_{false};  // Of one that is on no list.
  std::atomic<int64_t> refs_{1};
};

using ContextFuncRef = ContextRef<ContextFunc>;

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_CONTEXT_CORE_H_
