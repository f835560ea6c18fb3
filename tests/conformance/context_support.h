// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What tests ask of contexts.

#ifndef TESTS_CONFORMANCE_CONTEXT_SUPPORT_H_
#define TESTS_CONFORMANCE_CONTEXT_SUPPORT_H_

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "runtime/context.h"
#include "runtime/select.h"

namespace rt {

inline absl::Status Canceled() {
  return absl::CancelledError("context canceled");
}
inline absl::Status DeadlineExceeded() {
  return absl::DeadlineExceededError("context deadline exceeded");
}

inline bool IsDone(const Context& ctx) {
  return Select(OnRecv(ctx.Done()), Default()) == 0;
}

// All that a context says of being done, at once.
inline void ExpectDone(const Context& ctx, const absl::Status& err,
                       const absl::Status& cause, const char* which = "") {
  EXPECT_EQ(IsDone(ctx), !err.ok()) << which;
  EXPECT_EQ(ctx.Err(), err) << which;
  EXPECT_EQ(Cause(ctx), cause) << which;
}
inline void ExpectOpen(const Context& ctx) {
  ExpectDone(ctx, absl::OkStatus(), absl::OkStatus());
}
inline void ExpectCanceled(const Context& ctx) {
  ExpectDone(ctx, Canceled(), Canceled());
}

// A cause.
inline absl::Status Childs() { return absl::AbortedError("the child's"); }

}  // namespace rt

#endif  // TESTS_CONFORMANCE_CONTEXT_SUPPORT_H_
