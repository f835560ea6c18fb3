// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// How programs fail, for tests that expect it.

#ifndef TESTS_SUPPORT_FAILURE_H_
#define TESTS_SUPPORT_FAILURE_H_

#include <string>

#include "absl/functional/function_ref.h"

namespace rt::testing {

// The text of the Panic that f throws; empty if it throws none.
std::string PanicOf(absl::FunctionRef<void()> f);

// The program whose main is `body`, with GOMAXPROCS=procs in its environment.
// Ends the process with its status.
[[noreturn]] void RunAt(const char* procs, void (*body)());

// Expects that it dies, with one P and with four: status 2, and on stderr what
// matches the POSIX extended regular expression.
void ExpectDeath(void (*body)(), const std::string& stderr_regex);

}  // namespace rt::testing

#endif  // TESTS_SUPPORT_FAILURE_H_
