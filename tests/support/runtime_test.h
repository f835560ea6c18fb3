// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// RuntimeTest: a test body that runs as goroutine 1, at several GOMAXPROCS.
//
//   using ChanTest = rt::testing::RuntimeTest;
//   TEST_P(ChanTest, RecvOnClosedDrainsBufferFirst) {
//     Main([] { ... rt::Go ... EXPECT_EQ ... });
//   }
//   RT_INSTANTIATE(ChanTest);
//
// When the body returns, every other goroutine must end without further help:
// one that stays blocked fails the test, with the place where it was started.
//
// No SCOPED_TRACE in a body: it belongs to a thread, which a goroutine changes.

#ifndef TESTS_SUPPORT_RUNTIME_TEST_H_
#define TESTS_SUPPORT_RUNTIME_TEST_H_

#include "absl/functional/function_ref.h"
#include "gtest/gtest.h"
#include "runtime/internal/p.h"
#include "runtime/internal/sched.h"

namespace rt::testing {

class RuntimeTest : public ::testing::TestWithParam<int> {
 protected:
  // Runs `body` with GOMAXPROCS = GetParam().
  void Main(absl::FunctionRef<void()> body);
};

// Lets others run until exactly `count` goroutines wait for something. Called
// from a goroutine; for saying "when they are all blocked" without sleeping.
void WaitUntilBlocked(int count);

// Blocks a plain thread until every thread of the scheduler is asleep.
void WaitUntilSchedulerSleeps();

// One more P of a scheduler that nobody runs, whose state is what a test says.
// Such a scheduler must not be destroyed during a Run.
internal::P* AddP(internal::Scheduler* scheduler, internal::PStatus status);

// Lets others run until `done` says so.
void YieldUntil(absl::FunctionRef<bool()> done);

#define RT_INSTANTIATE(suite)                                            \
  INSTANTIATE_TEST_SUITE_P(Procs, suite, ::testing::Values(1, 2, 4, 16), \
                           ::testing::PrintToStringParamName())

}  // namespace rt::testing

#endif  // TESTS_SUPPORT_RUNTIME_TEST_H_
