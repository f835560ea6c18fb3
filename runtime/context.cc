// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/context.h"

#include <ostream>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "runtime/internal/context_core.h"
#include "runtime/internal/context_step.h"
#include "runtime/time.h"

namespace rt {
namespace {

using internal::ContextCore;
using internal::ContextError;
using internal::ContextStepRef;
using internal::NewDeadlineStep;
using internal::NewStep;

// `pc`: where the program makes the context.
Context Derive(const Context& parent, absl::Time deadline,
               const absl::Status& cause, const void* pc) {
  // As in Go, one whose parent ends earlier is one without a deadline.
  bool cancel_only =
      deadline == absl::InfiniteFuture() || parent.Deadline() < deadline;
  return Context(ContextCore::New(parent.Done(), deadline, cause, pc),
                 cancel_only ? NewStep(parent.steps(), ".WithCancel")
                             : NewDeadlineStep(parent.steps(), deadline));
}

ContextAndCancel DeriveUntil(const Context& parent, absl::Time deadline,
                             const absl::Status& cause, const void* pc) {
  Context ctx = Derive(parent, deadline, cause, pc);
  CancelFunc cancel(ctx.Done());
  return {std::move(ctx), std::move(cancel)};
}

void Cancel(const DoneChan& done, const absl::Status& cause) {
  if (ContextCore* core = ContextCore::Of(done)) {
    core->Cancel(ContextError::kCanceled, cause);
  }
}

}  // namespace

absl::Time Context::Deadline() const {
  const ContextCore* core = ContextCore::Of(done_);
  return core != nullptr ? core->deadline() : absl::InfiniteFuture();
}

std::ostream& operator<<(std::ostream& os, const Context& ctx) {
  return os << ctx.String();
}

void CancelFunc::operator()() const { Cancel(done_, absl::OkStatus()); }

void CancelCauseFunc::operator()(const absl::Status& cause) const {
  Cancel(done_, cause);
}

bool StopFunc::operator()() const {
  return func_.get() != nullptr && func_.get()->Stop(done_);
}

Context TODO() {
  return Context(DoneChan(), NewStep(ContextStepRef(), "context.TODO"));
}

ContextAndCancel WithCancel(const Context& parent) {
  return DeriveUntil(parent, absl::InfiniteFuture(), absl::OkStatus(),
                     __builtin_return_address(0));
}

ContextAndCancelCause WithCancelCause(const Context& parent) {
  Context ctx = Derive(parent, absl::InfiniteFuture(), absl::OkStatus(),
                       __builtin_return_address(0));
  CancelCauseFunc cancel(ctx.Done());
  return {std::move(ctx), std::move(cancel)};
}

ContextAndCancel WithDeadline(const Context& parent, absl::Time deadline) {
  return DeriveUntil(parent, deadline, absl::OkStatus(),
                     __builtin_return_address(0));
}

ContextAndCancel WithTimeout(const Context& parent, absl::Duration timeout) {
  return DeriveUntil(parent, Now() + timeout, absl::OkStatus(),
                     __builtin_return_address(0));
}

ContextAndCancel WithDeadlineCause(const Context& parent, absl::Time deadline,
                                   const absl::Status& cause) {
  return DeriveUntil(parent, deadline, cause, __builtin_return_address(0));
}

ContextAndCancel WithTimeoutCause(const Context& parent, absl::Duration timeout,
                                  const absl::Status& cause) {
  return DeriveUntil(parent, Now() + timeout, cause,
                     __builtin_return_address(0));
}

Context WithoutCancel(const Context& parent) {
  return Context(DoneChan(), NewStep(parent.steps(), ".WithoutCancel"));
}

absl::Status Cause(const Context& ctx) {
  const ContextCore* core = ContextCore::Of(ctx.Done());
  return core != nullptr ? core->Cause() : absl::OkStatus();
}

StopFunc internal::StartContextFunc(const Context& ctx,
                                    absl::AnyInvocable<void() &&> f) {
  ContextFuncRef func(
      ContextFunc::New(ctx.Done(), std::move(f), __builtin_return_address(0)));
  return StopFunc(ctx.Done(), std::move(func));
}

}  // namespace rt
