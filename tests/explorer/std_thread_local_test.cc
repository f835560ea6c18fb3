// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A program with a thread_local variable may start no thread: all would share
// the variable, which is on the one kernel thread.

#include <string>
#include <thread>

#include "gtest/gtest.h"
#include "tests/explorer/std_case.h"

namespace rt::explorer {
namespace {

thread_local int calls = 0;

struct Name {
  ~Name() { text.clear(); }
  std::string text;
};

const StdCase kThreadLocal[] = {
    {"WithoutAThread", [] { ++calls; }, Verdict::kPassed, 1},
    {"WithAThread", [] { std::thread([] { ++calls; }).join(); },
     Verdict::kGrader, 0, "the thread_local variable `",
     "std::thread([] { ++calls; }).join();"},
};
INSTANTIATE_TEST_SUITE_P(ThreadLocal, StdTest, testing::ValuesIn(kThreadLocal),
                         [](const auto& row) { return row.param.name; });

// It is initialised once in the life of the program.
TEST(ThreadLocal, WithADestructor) {
  Result result = CheckQuietly({}, [] {
    static thread_local Name name;
    name.text = "x";
  });
  EXPECT_STREQ(VerdictText(result.verdict), "GRADER");
  EXPECT_EQ(result.summary,
            "a thread_local variable with a destructor cannot be explored "
            "here: all threads of a check would share it");
}

}  // namespace
}  // namespace rt::explorer
