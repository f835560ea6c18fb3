// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "tests/support/failure.h"

#include <cstdlib>
#include <string>

#include "absl/functional/function_ref.h"
#include "gtest/gtest.h"
#include "runtime/panic.h"
#include "runtime/run.h"

namespace rt::testing {

std::string PanicOf(absl::FunctionRef<void()> f) {
  try {
    f();
  } catch (const Panic& panic) {
    return panic.what();
  }
  return "";
}

void RunAt(const char* procs, void (*body)()) {
  setenv("GOMAXPROCS", procs, /*overwrite=*/1);
  std::exit(Run(body));
}

void ExpectDeath(void (*body)(), const std::string& stderr_regex) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  for (const char* procs : {"1", "4"}) {
    EXPECT_EXIT(RunAt(procs, body), ::testing::ExitedWithCode(2), stderr_regex)
        << "GOMAXPROCS=" << procs;
  }
}

}  // namespace rt::testing
