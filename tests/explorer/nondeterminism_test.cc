// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What decides in the code under test besides the choices of the explorer: it
// says so, and neither passes the code nor tells a story that cannot be
// repeated.

#include <sys/random.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/explorer/explore.h"
#include "runtime/runtime.h"

namespace {

using ::rt::explorer::CheckQuietly;
using ::rt::explorer::Result;
using ::rt::explorer::Verdict;
using ::rt::explorer::VerdictText;

// Two goroutines that do so many operations more.
void Follow(uint64_t more) {
  std::atomic<int> n = 0;
  rt::WaitGroup wg;
  for (int i = 0; i < 2; ++i) {
    wg.Go([&] {
      for (uint64_t k = 0; k < more; ++k) n += 2;
      ++n;
    });
  }
  wg.Wait();
}

// Behind a pointer that was there before the first execution.
auto& executions = *new std::vector<int>;

uint64_t Drawn() {
  uint64_t number = 0;
  EXPECT_EQ(getrandom(&number, sizeof number, 0), 8);
  return number;
}

// The processor's counter, or what it is called.
uint64_t Ticks() {
#if defined(__x86_64__)
  return __builtin_ia32_rdtsc();
#else
  uint64_t ticks;
  asm volatile("mrs %0, cntvct_el0" : "=r"(ticks));
  return ticks;
#endif
}

struct Row {
  const char* name;
  void (*body)();
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

class NondeterminismTest : public testing::TestWithParam<Row> {};

TEST_P(NondeterminismTest, IsTold) {
  Result result = CheckQuietly({}, GetParam().body);
  EXPECT_STREQ(VerdictText(result.verdict), "GRADER") << result.summary;
  EXPECT_NE(result.summary.find("that the explorer does not control"),
            std::string::npos)
      << result.summary;
}

INSTANTIATE_TEST_SUITE_P(
    Sources, NondeterminismTest,
    testing::Values(
        Row{"StateThatIsNotRestored",
            [] {
              executions.push_back(0);
              Follow(executions.size() % 2);
            }},
        // Of many, so that two executions hardly ever get the same.
        Row{"RandomDevice", [] { Follow(std::random_device()() % 50); }},
        Row{"Getrandom", [] { Follow(Drawn() % 50); }},
        Row{"Counter", [] { Follow(Ticks() * 0x9e3779b97f4a7c15u % 50); }},
        Row{"Environment",
            [] {
              const char* seen = getenv("SEEN");
              bool odd = seen != nullptr && std::string(seen) == "odd";
              setenv("SEEN", odd ? "even" : "odd", 1);
              Follow(odd);
            }}),
    [](const auto& info) { return std::string(info.param.name); });

// A failure that comes once is no verdict on the code.
TEST(Nondeterminism, ThatFailsOnceIsNoFailureOfTheCode) {
  auto& once = *new int(0);
  Result result = CheckQuietly({}, [&] {
    rt::WaitGroup wg;
    std::atomic<int> n = 0;
    for (int i = 0; i < 2; ++i) wg.Go([&] { ++n; });
    wg.Wait();
    EXPECT_NE(++once, 2);
  });
  EXPECT_STREQ(VerdictText(result.verdict), "GRADER") << result.summary;
  EXPECT_EQ(result.replay, "");
}

// What looks so and is under control.
TEST(Nondeterminism, NearMisses) {
  Result result = CheckQuietly({}, [] {
    auto cell = std::make_unique<int>();
    uint64_t hash = std::hash<int*>()(cell.get());
    auto now = std::chrono::steady_clock::now().time_since_epoch().count();
    Follow((hash ^ static_cast<uint64_t>(now)) % 3);
    static int calls = 0;
    EXPECT_EQ(++calls, 1);
  });
  EXPECT_TRUE(result.passed()) << result.summary;
  EXPECT_TRUE(result.complete);
}

}  // namespace
