// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/context_core.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <utility>
#include <variant>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "runtime/chan.h"
#include "runtime/internal/host.h"
#include "runtime/internal/time_chan.h"

namespace rt::internal {

using host::OpKind;

namespace {

// Not under a lock: it allocates (D-062).
absl::Status CauseOf(ContextError error, const absl::Status& given) {
  return given.ok() ? ToStatus(error) : given;
}

}  // namespace

// --- Lists -------------------------------------------------------------------

void ContextList::PushBack(ContextLink* link) {
  link->next = nullptr;
  link->prev = last_;
  link->listed = true;
  (last_ != nullptr ? last_->next : first_) = link;
  last_ = link;
}

bool ContextList::Remove(ContextLink* link) {
  if (!link->listed) return false;
  (link->prev != nullptr ? link->prev->next : first_) = link->next;
  (link->next != nullptr ? link->next->prev : last_) = link->prev;
  link->listed = false;
  return true;
}

absl::Status ToStatus(ContextError error) {
  switch (error) {
    case ContextError::kNone:
      break;
    case ContextError::kCanceled:
      return absl::CancelledError("context canceled");
    case ContextError::kDeadlineExceeded:
      return absl::DeadlineExceededError("context deadline exceeded");
  }
  return absl::OkStatus();
}

// --- ContextCore -------------------------------------------------------------
//
// To the explorer, a context is two objects: its channel, which tells whether
// it is done, and the core, for who is registered there.

ContextCore::ContextCore(ChanCore* parent, absl::Time deadline,
                         const absl::Status& cause, const void* created_by_pc)
    : Timer(&Fire),
      ChanOwner{&Abandoned},
      chan_(ChanCore::New(&kElementOps<std::monostate>, 0, this)),
      parent_(parent),
      deadline_(deadline),
      deadline_cause_(cause),
      created_by_pc_(created_by_pc) {
  object = this;
}

bool ContextCore::IsDoneChan(const void* chan) {
  const ChanOwner* owner = static_cast<const ChanCore*>(chan)->owner();
  return owner != nullptr && owner->abandoned == &Abandoned;
}

ContextCore* ContextCore::Of(ChanCore* done) {
  if (done == nullptr) return nullptr;
  return static_cast<ContextCore*>(done->owner());
}

DoneChan ContextCore::New(const DoneChan& parent_done, absl::Time deadline,
                          const absl::Status& cause,
                          const void* created_by_pc) {
  ContextCore* parent = Of(parent_done);
  absl::Time earliest = deadline;
  if (parent != nullptr) earliest = std::min(deadline, parent->deadline_);
  ChanCore::AddRef(parent_done.core());
  auto* core =
      new ContextCore(parent_done.core(), earliest, cause, created_by_pc);
  DoneChan done(core->chan_);
  // An ancestor that is to end earlier will cancel this one.
  bool has_timer = deadline == earliest && deadline != absl::InfiniteFuture();
  bool late = has_timer && deadline <= TimeOf(host::NowNs());
  absl::Status late_cause;
  if (late) late_cause = CauseOf(ContextError::kDeadlineExceeded, cause);
  if (parent == nullptr) {
    if (late) core->CancelNew(ContextError::kDeadlineExceeded, late_cause);
  } else {
    host::Op op(OpKind::kContextAdd, parent);
    RawLock lock(parent->mu_);
    if (parent->cancelled_) {
      host::Acquire(parent->chan_);
      core->CancelNew(parent->error_, parent->cause_);
    } else if (late) {
      core->CancelNew(ContextError::kDeadlineExceeded, late_cause);
    } else {
      parent->children_.PushBack(core);
    }
  }
  if (has_timer) core->SetTimer();
  return done;
}

// Nobody knows it yet.
void ContextCore::CancelNew(ContextError error, const absl::Status& cause) {
  RawLock lock(mu_);
  SetCancelled(error, cause);
  ChanCore::TryClose(chan_);
}

// Under mu_, so that whoever cancels it meanwhile stops the timer after this.
void ContextCore::SetTimer() {
  RawLock lock(mu_);
  if (cancelled_) return;
  host::StartTimer(this, HostTimeAfter(deadline_ - TimeOf(host::NowNs())), 0);
}

void ContextCore::Fire(Timer* timer, int64_t /*now_ns*/) {
  auto* self = static_cast<ContextCore*>(timer);
  if (!ChanCore::TryAddRef(self->chan_)) return;
  host::Spawn(
      [done = DoneChan(self->chan_)] {
        ContextCore* core = Of(done);
        core->Cancel(ContextError::kDeadlineExceeded, core->deadline_cause_);
      },
      self->created_by_pc_);
}

void ContextCore::Cancel(ContextError error, const absl::Status& given) {
  absl::Status cause = IsDone() ? given : CauseOf(error, given);
  // Depth first, but not by recursion: a tree may be deeper than a stack.
  ContextCore* at = this;
  ContextCore* child = CancelOne(error, cause);
  while (at != this || child != nullptr) {
    if (child != nullptr) {
      ContextCore* parent = std::exchange(at, child);
      child = at->CancelOne(parent->error_, parent->cause_);
    } else {
      ContextCore* done = std::exchange(at, Of(at->parent_));
      child = at->NextChild(done);
      ChanCore::Unref(done->chan_);
    }
  }
  if (parent_ != nullptr) {
    ContextCore* parent = Of(parent_);
    host::Op op(OpKind::kContextRemove, parent);
    RawLock lock(parent->mu_);
    parent->children_.Remove(this);
  }
}

ContextCore* ContextCore::CancelOne(ContextError error,
                                    const absl::Status& cause) {
  ContextLink* funcs = nullptr;
  ContextCore* child;
  {
    const void* objects[] = {chan_, this};
    host::Op op(OpKind::kContextCancel, {objects, 2, sizeof(objects[0])});
    mu_.Lock();
    bool first = !cancelled_;
    if (first) {
      SetCancelled(error, cause);
      funcs = std::exchange(funcs_, ContextList()).first();
      if (funcs != nullptr) host::Acquire(this);
      for (ContextLink* f = funcs; f != nullptr; f = f->next) f->listed = false;
    }
    child = HoldFirstChild();
    mu_.Unlock();
    // By each call: when it returns, the context is done.
    ChanCore::TryClose(chan_);
    if (first) host::StopTimer(this);
  }
  while (funcs != nullptr) {
    auto* func = static_cast<ContextFunc*>(funcs);
    funcs = funcs->next;
    func->Call();
    ContextFunc::Unref(func);
    ChanCore::Unref(chan_);  // Never the last one: the caller has a handle.
  }
  return child;
}

void ContextCore::SetCancelled(ContextError error, const absl::Status& cause) {
  cancelled_ = true;
  error_ = error;
  cause_ = cause;
}

ContextCore* ContextCore::NextChild(ContextCore* done) {
  host::Op op(OpKind::kContextCancel, this);
  RawLock lock(mu_);
  children_.Remove(done);
  return HoldFirstChild();
}

ContextCore* ContextCore::HoldFirstChild() {
  while (ContextLink* link = children_.first()) {
    auto* child = static_cast<ContextCore*>(link);
    if (ChanCore::TryAddRef(child->chan_)) return child;
    children_.Remove(child);  // It is about to go, and nobody will ask it.
  }
  return nullptr;
}

absl::Status ContextCore::Err(const void* pc) const {
  host::Op op(OpKind::kContextErr, chan_);
  if (!IsDone()) {
    host::OnlyLooked(pc);
    return absl::OkStatus();
  }
  host::Acquire(chan_);
  return ToStatus(error_);
}

absl::Status ContextCore::Cause() const {
  host::Op op(OpKind::kContextErr, chan_);
  if (!IsDone()) return absl::OkStatus();
  host::Acquire(chan_);
  return cause_;
}

bool ContextCore::Add(ContextFunc* func) {
  host::Op op(OpKind::kContextAdd, this);
  RawLock lock(mu_);
  if (cancelled_) {
    host::Acquire(chan_);
    return false;
  }
  host::Release(this);  // To whoever calls or drops the function.
  ContextFunc::AddRef(func);
  ChanCore::AddRef(chan_);
  funcs_.PushBack(func);
  return true;
}

bool ContextCore::Remove(ContextFunc* func) {
  host::Op op(OpKind::kContextStop, this);
  mu_.Lock();
  bool removed = funcs_.Remove(func);
  host::Acquire(cancelled_ ? static_cast<const void*>(chan_) : this);
  mu_.Unlock();
  if (!removed) return false;
  ContextFunc::Unref(func);  // Neither is the last one: the caller has handles.
  ChanCore::Unref(chan_);
  return true;
}

ChanCore* ContextCore::Abandoned(ChanOwner* owner) {
  auto* self = static_cast<ContextCore*>(owner);
  ChanCore* parent_chan = self->parent_;
  // Who is done has left its parent's list before its last handle went.
  if (parent_chan != nullptr && !self->IsDone()) {
    ContextCore* parent = Of(parent_chan);
    host::Op op(OpKind::kContextRemove, parent);
    RawLock lock(parent->mu_);
    parent->children_.Remove(self);
  }
  host::StopTimer(self);
  delete self;
  return parent_chan;
}

// --- ContextFunc -------------------------------------------------------------

ContextFunc* ContextFunc::New(const DoneChan& done,
                              absl::AnyInvocable<void() &&> f,
                              const void* created_by_pc) {
  auto* func = new ContextFunc(std::move(f), created_by_pc);
  ContextCore* core = ContextCore::Of(done);
  if (core != nullptr && !core->Add(func)) func->Call();
  return func;
}

bool ContextFunc::Stop(const DoneChan& done) {
  bool stopped;
  if (ContextCore* core = ContextCore::Of(done)) {
    stopped = core->Remove(this);
  } else {
    host::Op op(OpKind::kContextStop, this);
    stopped = !stopped_.exchange(true, std::memory_order_acq_rel);
  }
  if (stopped) f_ = nullptr;
  return stopped;
}

void ContextFunc::Call() { host::Spawn(std::move(f_), created_by_pc_); }

void ContextFunc::AddRef(ContextFunc* func) {
  if (func != nullptr) func->refs_.fetch_add(1, std::memory_order_relaxed);
}

void ContextFunc::Unref(ContextFunc* func) {
  if (func == nullptr) return;
  host::Release(&func->refs_);
  // Release: what this reference's owner did comes before the destruction;
  // acquire: the destroyer sees it.
  if (func->refs_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  host::Acquire(&func->refs_);
  delete func;
}

}  // namespace rt::internal
