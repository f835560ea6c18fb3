// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Check: an exploration whose verdict is a GoogleTest result. For graders.
//
//   TEST(ClickCounter, CountsEveryClick) {
//     rt::explorer::Check([] {
//       ClickCounter counter;
//       rt::WaitGroup wg;
//       for (int i = 0; i < 2; ++i) wg.Go([&] { counter.Click(); });
//       wg.Wait();
//       EXPECT_EQ(counter.Total(), 2);
//     });
//   }
//
// The body is run under every interleaving (explore.h). What it uses, it makes
// itself, so that each execution starts afresh. EXPECT and ASSERT work in every
// goroutine; the first one that fails ends the search with the verdict WRONG.
// Time is virtual: EXPECT_EQ(rt::Now() - start, absl::Milliseconds(100)) is
// exact.
//
// Threads: from a GoogleTest test, on its thread.

#ifndef RUNTIME_EXPLORER_CHECK_H_
#define RUNTIME_EXPLORER_CHECK_H_

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/explorer/explore.h"
#include "runtime/explorer/verdict.h"

namespace rt::explorer {

// Fails the current test with a report unless everything passes. The verdict is
// also recorded as the test's property `verdict`, in JSON; of several checks in
// one test, the first that fails.
void Check(absl::FunctionRef<void()> body);
void Check(const Options& options, absl::FunctionRef<void()> body);

// The body returns what came out of it. Fails the test if that is ever another
// than the `allowed`, or if one of these never is.
void CheckOutcomes(const Options& options, const std::set<std::string>& allowed,
                   absl::FunctionRef<std::string()> body);

// For code that is wrong on purpose: fails the test unless the search finds
// just that.
void CheckFinds(Verdict expected, const Options& options,
                absl::FunctionRef<void()> body);

// Within a body: ends the execution unless `took` is `together`, the virtual
// time that things need when they happen at the same time. `in_turn` is what
// they need one after another: from there on the verdict is SERIAL, between the
// two SLOW, and below `together` WRONG.
void ExpectOverlap(absl::Duration took, absl::Duration together,
                   absl::Duration in_turn, absl::string_view what);

// Within a body: SLOW if `delay` is more than zero.
void ExpectNoDelay(absl::Duration delay, absl::string_view what);

// The same search, with the result handed over instead: the test does not
// fail. For tests of graders and of the explorer.
Result CheckQuietly(const Options& options, absl::FunctionRef<void()> body);

namespace grader {

// What the program's --budget asks for: Options::max_executions of all checks.
void SetBudget(uint64_t max_executions);

// What the program's --replay asks for: "Suite.Test#2@line". Others than that
// check then do nothing.
void SetReplay(const std::string& replay);

struct NamedResult {
  std::string check;  // "Suite.Test", for the second check in it with "#2".
  Result result;
};

// The verdicts of the current test's checks; cleared by the call.
std::vector<NamedResult> TakeResults();

}  // namespace grader

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_CHECK_H_
